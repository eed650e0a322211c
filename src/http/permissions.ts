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

/** What an operation needs of IAM. */
interface Permission {
  action: string;
  /** Kinds of resource that the action is allowed on: `*` where AWS knows none for it. */
  on: readonly ('*' | 'foundation-model' | 'inference-profile')[];
}

const MODEL = ['foundation-model', 'inference-profile'] as const;

/** IAM action and resources by operation. Source: AWS Service Authorization Reference, "Amazon Bedrock". */
export const PERMISSIONS: Partial<Record<Operation, Permission>> = {
  Converse: { action: 'bedrock:InvokeModel', on: MODEL },
  ConverseStream: { action: 'bedrock:InvokeModelWithResponseStream', on: MODEL },
  CountTokens: { action: 'bedrock:CountTokens', on: ['foundation-model'] },
  ListFoundationModels: { action: 'bedrock:ListFoundationModels', on: ['*'] },
  ListInferenceProfiles: { action: 'bedrock:ListInferenceProfiles', on: ['*'] },
  GetFoundationModelAvailability: { action: 'bedrock:GetFoundationModelAvailability', on: ['*'] },
};

/** What an identity that was refused needs, in words. */
export function neededPermission(operation: Operation, resource: string | undefined): string | undefined {
  const permission = PERMISSIONS[operation];
  if (permission === undefined) return undefined;
  const on = resource === undefined ? '*' : resource;
  return `It needs the IAM action ${permission.action} on ${on}${resource === undefined ? '' : ', and the account access to the model'}.`;
}
