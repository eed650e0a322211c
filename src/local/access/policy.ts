import { partitionOf } from '../../catalog/partitions.js';
import { ACCOUNT_ID, guardrailArn, modelArn } from '../account/account.js';
import type { Catalog } from '../account/catalog.js';
import { refusalOfPolicy } from '../http/refusals.js';
import type { OperationOf, Route } from '../http/routes.js';
import type { Caller } from './sessions.js';

/**
 * The IAM action that each operation needs. Converse has no action of its own. Source: Service Authorization Reference,
 * "Actions, resources, and condition keys for Amazon Bedrock". Not the client's table: a mistake there has to show here.
 */
const ACTIONS: Readonly<Record<OperationOf<'bedrock'>, string>> = {
  Converse: 'bedrock:InvokeModel',
  InvokeModel: 'bedrock:InvokeModel',
  InvokeModelWithResponseStream: 'bedrock:InvokeModelWithResponseStream',
  Rerank: 'bedrock:Rerank',
  ApplyGuardrail: 'bedrock:ApplyGuardrail',
  InvokeGuardrailChecks: 'bedrock:InvokeGuardrailChecks',
  GetFoundationModel: 'bedrock:GetFoundationModel',
  ListGuardrails: 'bedrock:ListGuardrails',
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
  /** Kind of the policy that denies this call, if a fault asks for one. */
  deniedBy: string | undefined;
}

/**
 * Checks that a request needs none of the denied actions.
 *
 * @throws ServiceException in IAM's wording
 */
export function authorize(
  denied: readonly string[],
  { route, caller, byApiKey, region, catalog, deniedBy }: PolicyCall,
): void {
  const refuse = (action: string, resource: string | undefined, kind?: string): void => {
    const refusal = refusalOfPolicy(caller.arn, action, resource, kind);
    if (refusal !== undefined) throw refusal;
  };
  if (byApiKey && denied.includes('bedrock:CallWithBearerToken')) refuse('bedrock:CallWithBearerToken', '*');
  const action = ACTIONS[route.operation];
  const resource = resourceOf(route, region, catalog);
  // Source of the message that guests of an identity pool get: aws/aws-sdk-js#4303, 2026-11-28.
  if (caller.isLimited === true) refuse(action, resource, 'session-policy');
  // A ranking needs the permission to call its model, too.
  const actions = route.operation === 'Rerank' ? [action, 'bedrock:InvokeModel'] : [action];
  for (const one of actions) if (denied.includes(one)) refuse(one, resource);
  if (deniedBy !== undefined) refuse(action, resource, deniedBy);
}

function resourceOf(
  { operation, id }: Route<OperationOf<'bedrock'>>,
  region: string,
  catalog: Catalog,
): string | undefined {
  if (operation === 'InvokeGuardrailChecks') return '*';
  if (id === undefined) return undefined;
  return operation === 'ApplyGuardrail' ? guardrailArn(id, region) : arnOf(id, region, catalog);
}

/** IAM decides before anything checks that there is such a model. */
function arnOf(id: string, region: string, { profiles }: Catalog): string {
  if (id.startsWith('arn:')) return id;
  return profiles.some(({ inferenceProfileId }) => inferenceProfileId === id)
    ? `arn:${partitionOf(region).name}:bedrock:${region}:${ACCOUNT_ID}:inference-profile/${id}`
    : modelArn(region, id);
}
