import { partitionOf } from '../../catalog/partitions.js';
import { ACCOUNT_ID, modelArn } from '../account/account.js';
import type { Catalog } from '../account/catalog.js';
import { ServiceException } from '../exception.js';
import type { OperationOf, Route } from '../http/routes.js';
import type { Caller } from './sessions.js';

/**
 * The IAM action that each operation needs. Converse has no action of its own. Source: Service Authorization Reference,
 * "Actions, resources, and condition keys for Amazon Bedrock". Not the client's table: a mistake there has to show here.
 */
const ACTIONS: Readonly<Record<OperationOf<'bedrock'>, string>> = {
  Converse: 'bedrock:InvokeModel',
  ConverseStream: 'bedrock:InvokeModelWithResponseStream',
  CountTokens: 'bedrock:CountTokens',
  ListFoundationModels: 'bedrock:ListFoundationModels',
  ListInferenceProfiles: 'bedrock:ListInferenceProfiles',
  GetInferenceProfile: 'bedrock:GetInferenceProfile',
  GetFoundationModelAvailability: 'bedrock:GetFoundationModelAvailability',
};

/** A call that needs permission. */
interface PolicyCall {
  route: Route<OperationOf<'bedrock'>>;
  caller: Caller;
  /** Whether the caller uses an API key, which needs a permission of its own. */
  byApiKey: boolean;
  region: string;
  catalog: Catalog;
}

/**
 * Checks that a request needs none of the denied actions.
 *
 * @throws ServiceException in IAM's wording
 */
export function authorize(
  denied: readonly string[],
  { route, caller, byApiKey, region, catalog }: PolicyCall,
): void {
  if (byApiKey && denied.includes('bedrock:CallWithBearerToken')) {
    throw refusal(caller, 'bedrock:CallWithBearerToken', '*');
  }
  const action = ACTIONS[route.operation];
  if (!denied.includes(action) && caller.isLimited !== true) return;
  throw refusal(caller, action, route.id === undefined ? undefined : arnOf(route.id, region, catalog));
}

/** Source of the words about a session policy: aws/aws-sdk-js#4303, a guest of an identity pool, 2026-11-28. */
function refusal({ arn, isLimited }: Caller, action: string, resource: string | undefined): ServiceException {
  const on = resource === undefined ? '' : ` on resource: ${resource}`;
  const policy = isLimited === true ? 'session' : 'identity-based';
  return new ServiceException(
    'AccessDeniedException',
    `User: ${arn} is not authorized to perform: ${action}${on} because no ${policy} policy allows the ${action} action`,
  );
}

/** IAM decides before anything checks that there is such a model. */
function arnOf(id: string, region: string, { profiles }: Catalog): string {
  if (id.startsWith('arn:')) return id;
  return profiles.some(({ inferenceProfileId }) => inferenceProfileId === id)
    ? `arn:${partitionOf(region).name}:bedrock:${region}:${ACCOUNT_ID}:inference-profile/${id}`
    : modelArn(region, id);
}
