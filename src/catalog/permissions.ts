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

/** The operations that need a permission. Its action is named after the operation, with two exceptions. */
const PERMITTED = [
  'Rerank',
  'InvokeGuardrailChecks',
  'GetInferenceProfile',
  'InvokeModel',
  'InvokeModelWithResponseStream',
  'Converse',
  'ConverseStream',
  'CountTokens',
  'ListFoundationModels',
  'ListInferenceProfiles',
  'GetFoundationModelAvailability',
  'ApplyGuardrail',
  'CallWithBearerToken',
] as const;
const RENAMED = { Converse: 'InvokeModel', ConverseStream: 'InvokeModelWithResponseStream' } as const;

type Permitted = (typeof PERMITTED)[number];
type ActionOf<Name extends Permitted> =
  `bedrock:${Name extends keyof typeof RENAMED ? (typeof RENAMED)[Name] : Name}`;

function actionOf<Name extends Permitted>(name: Name): ActionOf<Name> {
  const renamed: Partial<Record<Permitted, string>> = RENAMED;
  return `bedrock:${renamed[name] ?? name}` as ActionOf<Name>;
}

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
    readonly action: ActionOf<Name>;
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
  const permissions = PERMITTED.map((name) => [name, { action: actionOf(name), on: RESOURCES[name] }]);
  return Object.fromEntries(permissions) as Permissions;
}

/** What an identity that was refused needs, in words. */
export function neededPermission(operation: Operation, resource: string | undefined): string | undefined {
  const permitted = PERMITTED.find((name) => name === operation);
  if (permitted === undefined) return undefined;
  const action = actionOf(permitted);
  return resource === undefined
    ? `It needs the IAM action ${action} on *.`
    : `It needs the IAM action ${action} on ${resource}, and access to the model.`;
}
