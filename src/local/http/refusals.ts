import { ServiceException } from '../exception.js';

type Answer = readonly [status: number, name: string, message: string];

const CANNOT_SUBSCRIBE =
  'Your AWS Marketplace subscription for this model cannot be completed at this time. If you recently fixed this issue, try again after ';

/**
 * What the service says to an account that lacks something, whatever the request. Where each was recorded, and when it was read,
 * is in `test/refusals/answers.ts`.
 */
const OF_ACCOUNT: Readonly<Record<string, Answer>> = {
  payment: [
    403,
    'AccessDeniedException',
    `Model access is denied due to INVALID_PAYMENT_INSTRUMENT:A valid payment instrument must be provided.. ${CANNOT_SUBSCRIBE}15 minutes.`,
  ],
  subscription: [
    403,
    'AccessDeniedException',
    'Model access is denied due to IAM user or service role is not authorized to perform the required AWS Marketplace actions ' +
      '(aws-marketplace:ViewSubscriptions, aws-marketplace:Subscribe) to enable access to this model. ' +
      `Refer to the Amazon Bedrock documentation for further details. ${CANNOT_SUBSCRIBE}2 minutes.`,
  ],
  subscribing: [
    403,
    'AccessDeniedException',
    'Your account is not authorized to access this model. Your AWS Marketplace subscription for this model is still being processed',
  ],
  'use-case': [
    404,
    'ResourceNotFoundException',
    'Model use case details have not been submitted for this account. Fill out the Anthropic use case details form before using ' +
      'the model. If you have already filled out the form, try again in 15 minutes.',
  ],
  legacy: [
    404,
    'ResourceNotFoundException',
    'Access denied. This Model is marked by provider as Legacy and you have not been actively using the model in the last 30 days. ' +
      'Please upgrade to an active model on Amazon Bedrock',
  ],
  'end-of-life': [
    404,
    'ResourceNotFoundException',
    'This model version has reached the end of its life. Please refer to the AWS documentation for more details.',
  ],
  country: [
    400,
    'ValidationException',
    'Access to Anthropic models is not allowed from unsupported countries, regions, or territories. Please refer to ' +
      'https://www.anthropic.com/supported-countries for more information on the countries and regions Anthropic currently supports.',
  ],
  retention: [
    400,
    'ValidationException',
    "The model returned the following errors: data retention mode 'default' is not available for this model",
  ],
  account: [400, 'ValidationException', 'Your account is not authorized to invoke this API operation.'],
  'not-allowed': [400, 'ValidationException', 'Operation not allowed'],
};

/** Policies that can deny an action, and how IAM ends its sentence. Source: IAM user guide, "Troubleshoot access denied error messages". */
const OF_POLICY: Readonly<Record<string, (action: string) => string>> = {
  'identity-policy': (action) => `because no identity-based policy allows the ${action} action`,
  'session-policy': (action) => `because no session policy allows the ${action} action`,
  'permissions-boundary': (action) => `because no permissions boundary allows the ${action} action`,
  'endpoint-policy': (action) => `because no VPC endpoint policy allows the ${action} action`,
  'service-control-policy': () => 'with an explicit deny in a service control policy',
  'identity-deny': () => 'with an explicit deny in an identity-based policy',
};

/** What the fault `refuse` can be. */
export const REFUSALS: readonly string[] = [...Object.keys(OF_ACCOUNT), ...Object.keys(OF_POLICY)];

/** The refusal of an account that lacks something; undefined if a policy refuses, or nothing. */
export function refusalOfAccount(kind: string | undefined): ServiceException | undefined {
  const answer = kind === undefined ? undefined : OF_ACCOUNT[kind];
  return answer && new ServiceException(answer[1], answer[2], answer[0]);
}

/**
 * The refusal of a policy, in IAM's words.
 *
 * @param kind The kind of policy; `unnamed` says only that the permission is missing, as bedrock-mantle does.
 */
export function refusalOfPolicy(
  caller: string,
  action: string,
  resource: string | undefined,
  kind: string,
): ServiceException | undefined {
  const ending = kind === 'unnamed' ? '' : OF_POLICY[kind]?.(action);
  if (ending === undefined) return undefined;
  const on = resource === undefined ? '' : ` on resource: ${resource}`;
  const message = `User: ${caller} is not authorized to perform: ${action}${on} ${ending}`;
  return new ServiceException('AccessDeniedException', message.trimEnd());
}
