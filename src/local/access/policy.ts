import { ACCOUNT_ID, modelArn, partitionOf } from '../account/account.js';
import type { Catalog } from '../account/catalog.js';
import { ServiceException } from '../exception.js';
import type { OperationOf, Route } from '../http/routes.js';

/**
 * What each operation needs to be allowed. Converse has no action of its own. Source: Service Authorization Reference,
 * "Actions, resources, and condition keys for Amazon Bedrock".
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

/** Who asks for what. */
interface Asked {
  route: Route<OperationOf<'bedrock'>>;
  /** ARN of who signed. */
  caller: string;
  /** Whether an API key is used, which needs a permission of its own. */
  byApiKey: boolean;
  region: string;
  catalog: Catalog;
}

/**
 * Lets a request pass that needs none of the denied actions.
 *
 * @throws ServiceException in the words of IAM
 */
export function authorize(
  denied: readonly string[],
  { route, caller, byApiKey, region, catalog }: Asked,
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

/** IAM is asked before anybody looks whether there is such a model. */
function arnOf(id: string, region: string, { profiles }: Catalog): string {
  if (id.startsWith('arn:')) return id;
  return profiles.some(({ inferenceProfileId }) => inferenceProfileId === id)
    ? `arn:${partitionOf(region)}:bedrock:${region}:${ACCOUNT_ID}:inference-profile/${id}`
    : modelArn(region, id);
}
