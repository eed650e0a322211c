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

/** A permission that a call needs. */
export interface Need {
  action: string;
  /** ARN, or `*`; undefined if the action is on no resource. */
  resource: string | undefined;
}

/** A call that needs permissions, in the order in which they are checked. */
interface PolicyCall {
  needs: readonly Need[];
  caller: Caller;
  /** The permission that an API key needs besides; undefined if the caller signs. */
  keyAction: string | undefined;
  /** What the service says of the policy that lacks a permission. */
  missing: 'identity-policy' | 'unnamed';
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
  { needs, caller, keyAction, missing, deniedBy }: PolicyCall,
): void {
  const refuse = ({ action, resource }: Need, kind: string = missing): void => {
    const refusal = refusalOfPolicy(caller.arn, action, resource, kind);
    if (refusal !== undefined) throw refusal;
  };
  if (keyAction !== undefined && denied.includes(keyAction)) refuse({ action: keyAction, resource: '*' });
  const [first] = needs;
  // Source of the message that guests of an identity pool get: aws/aws-sdk-js#4303, 2026-11-28.
  if (caller.isLimited === true && first !== undefined) refuse(first, 'session-policy');
  for (const need of needs) if (denied.includes(need.action)) refuse(need);
  if (deniedBy !== undefined && first !== undefined) refuse(first, deniedBy);
}

/** Lists what an operation of Bedrock needs. */
export function listNeeds(route: Route<OperationOf<'bedrock'>>, region: string, catalog: Catalog): Need[] {
  const resource = resourceOf(route, region, catalog);
  const need = { action: ACTIONS[route.operation], resource };
  // A ranking needs the permission to call its model, too.
  return route.operation === 'Rerank' ? [need, { action: 'bedrock:InvokeModel', resource }] : [need];
}

function resourceOf(
  { operation, id }: Route<OperationOf<'bedrock'>>,
  region: string,
  catalog: Catalog,
): string | undefined {
  if (operation === 'InvokeGuardrailChecks') return '*';
  if (id === undefined) return undefined;
  return operation === 'ApplyGuardrail' ? guardrailArn(id, region) : targetArn(id, region, catalog);
}

/** The ARN of what a model id names. IAM decides before anything checks that there is such a model. */
export function targetArn(id: string, region: string, { profiles }: Catalog): string {
  if (id.startsWith('arn:')) return id;
  return profiles.some(({ inferenceProfileId }) => inferenceProfileId === id)
    ? `arn:${partitionOf(region).name}:bedrock:${region}:${ACCOUNT_ID}:inference-profile/${id}`
    : modelArn(region, id);
}
