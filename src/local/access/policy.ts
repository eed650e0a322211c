import { partitionOf } from '../../catalog/partitions.js';
import { ACCOUNT_ID, modelArn } from '../account/account.js';
import type { Catalog } from '../account/catalog.js';
import { ServiceException } from '../exception.js';
import type { OperationOf, Route } from '../http/routes.js';

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
  /** ARN of the caller. */
  caller: string;
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
  if (!denied.includes(action)) return;
  throw refusal(caller, action, route.id === undefined ? undefined : arnOf(route.id, region, catalog));
}

function refusal(caller: string, action: string, resource: string | undefined): ServiceException {
  const on = resource === undefined ? '' : ` on resource: ${resource}`;
  return new ServiceException(
    'AccessDeniedException',
    `User: ${caller} is not authorized to perform: ${action}${on} because no identity-based policy allows the ${action} action`,
  );
}

/** IAM decides before anything checks that there is such a model. */
function arnOf(id: string, region: string, { profiles }: Catalog): string {
  if (id.startsWith('arn:')) return id;
  return profiles.some(({ inferenceProfileId }) => inferenceProfileId === id)
    ? `arn:${partitionOf(region).name}:bedrock:${region}:${ACCOUNT_ID}:inference-profile/${id}`
    : modelArn(region, id);
}
