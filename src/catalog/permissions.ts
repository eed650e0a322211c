/** The operations that this library calls, by their AWS names. */
export type Operation =
  | 'Converse'
  | 'ConverseStream'
  | 'CountTokens'
  | 'InvokeModel'
  | 'Rerank'
  | 'ApplyGuardrail'
  | 'InvokeGuardrailChecks'
  | 'GetInferenceProfile'
  | 'InvokeModelWithResponseStream'
  | 'ListFoundationModels'
  | 'ListInferenceProfiles'
  | 'GetFoundationModelAvailability'
  | 'GetCallerIdentity'
  | 'GetId'
  | 'GetCredentialsForIdentity'
  | 'GetOpenIdToken'
  | 'AssumeRoleWithWebIdentity';

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
 * The IAM action of each operation. `ApplyGuardrail` is also needed if a request names a guardrail, `CallWithBearerToken` if it
 * uses an API key. The other operations need no permission.
 */
const ACTIONS = {
  Rerank: 'bedrock:Rerank',
  InvokeGuardrailChecks: 'bedrock:InvokeGuardrailChecks',
  GetInferenceProfile: 'bedrock:GetInferenceProfile',
  InvokeModel: 'bedrock:InvokeModel',
  InvokeModelWithResponseStream: 'bedrock:InvokeModelWithResponseStream',
  Converse: 'bedrock:InvokeModel',
  ConverseStream: 'bedrock:InvokeModelWithResponseStream',
  CountTokens: 'bedrock:CountTokens',
  ListFoundationModels: 'bedrock:ListFoundationModels',
  ListInferenceProfiles: 'bedrock:ListInferenceProfiles',
  GetFoundationModelAvailability: 'bedrock:GetFoundationModelAvailability',
  ApplyGuardrail: 'bedrock:ApplyGuardrail',
  CallWithBearerToken: 'bedrock:CallWithBearerToken',
} as const;

type Permitted = keyof typeof ACTIONS;

/** Apart from the actions: a call names its action when it is refused, and no resources. */
const RESOURCES = {
  Rerank: ['*'],
  InvokeGuardrailChecks: ['*'],
  GetInferenceProfile: ['inference-profile', 'application-inference-profile'],
  InvokeModel: INVOKABLE,
  InvokeModelWithResponseStream: INVOKABLE,
  Converse: INVOKABLE,
  ConverseStream: INVOKABLE,
  CountTokens: ['foundation-model'],
  ListFoundationModels: ['*'],
  ListInferenceProfiles: ['*'],
  GetFoundationModelAvailability: ['*'],
  ApplyGuardrail: ['guardrail'],
  CallWithBearerToken: ['*'],
} as const satisfies Record<Permitted, readonly ResourceKind[]>;

type Permissions = {
  readonly [Name in Permitted]: {
    readonly action: (typeof ACTIONS)[Name];
    readonly on: (typeof RESOURCES)[Name];
  };
};

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
export const iamPermissions: Permissions = /* @__PURE__ */ joinPermissions();

function joinPermissions(): Permissions {
  const names = Object.keys(ACTIONS) as Permitted[];
  const permissions = names.map((name) => [name, { action: ACTIONS[name], on: RESOURCES[name] }] as const);
  return Object.fromEntries(permissions) as Permissions;
}

/** What an identity that was refused needs, in words. */
export function neededPermission(operation: Operation, resource: string | undefined): string | undefined {
  const action = (ACTIONS as Partial<Record<Operation, string>>)[operation];
  if (action === undefined) return undefined;
  return resource === undefined
    ? `It needs the IAM action ${action} on *.`
    : `It needs the IAM action ${action} on ${resource}, and access to the model.`;
}
