/** Operations that a call of this library may make, by AWS's names. */
export type Operation =
  | 'Converse'
  | 'ConverseStream'
  | 'CountTokens'
  | 'ListFoundationModels'
  | 'ListInferenceProfiles'
  | 'GetFoundationModelAvailability'
  | 'GetCallerIdentity'
  | 'GetId'
  | 'GetCredentialsForIdentity';

/** Kinds of resource that a permission can be narrowed to, as written in ARNs; `*` if AWS has none. */
export type ResourceKind =
  | '*'
  | 'foundation-model'
  | 'inference-profile'
  | 'application-inference-profile'
  | 'provisioned-model'
  | 'imported-model'
  | 'custom-model-deployment'
  | 'guardrail';

/** What an operation needs of IAM. */
export interface Permission {
  action: string;
  on: readonly ResourceKind[];
}

/** Of what AWS lists for InvokeModel: the kinds that Converse takes as `modelId` and that need no other permission. */
const INVOKABLE = [
  'foundation-model',
  'inference-profile',
  'application-inference-profile',
  'provisioned-model',
  'imported-model',
  'custom-model-deployment',
] as const;

/**
 * IAM action and kinds of resource by operation. `ApplyGuardrail` is also needed if a request names a guardrail,
 * `CallWithBearerToken` if it uses an API key. The other operations need no permission.
 *
 * Converse has no action of its own: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html.
 * Actions and kinds: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html
 *
 * @example
 * ```ts
 * import { iamPermissions } from 'bedrock-anywhere';
 *
 * const actions = [iamPermissions.ConverseStream.action, iamPermissions.ApplyGuardrail.action];
 * ```
 */
export const iamPermissions = {
  Converse: { action: 'bedrock:InvokeModel', on: INVOKABLE },
  ConverseStream: { action: 'bedrock:InvokeModelWithResponseStream', on: INVOKABLE },
  CountTokens: { action: 'bedrock:CountTokens', on: ['foundation-model'] },
  ListFoundationModels: { action: 'bedrock:ListFoundationModels', on: ['*'] },
  ListInferenceProfiles: { action: 'bedrock:ListInferenceProfiles', on: ['*'] },
  GetFoundationModelAvailability: { action: 'bedrock:GetFoundationModelAvailability', on: ['*'] },
  ApplyGuardrail: { action: 'bedrock:ApplyGuardrail', on: ['guardrail'] },
  CallWithBearerToken: { action: 'bedrock:CallWithBearerToken', on: ['*'] },
} as const satisfies Readonly<Record<string, Permission>>;

/** What an identity that was refused needs, in words. */
export function neededPermission(operation: Operation, resource: string | undefined): string | undefined {
  const permissions: Partial<Record<string, Permission>> = iamPermissions;
  const permission = permissions[operation];
  if (permission === undefined) return undefined;
  const on = resource === undefined ? '*' : resource;
  return `It needs the IAM action ${permission.action} on ${on}${resource === undefined ? '' : ', and the account access to the model'}.`;
}
