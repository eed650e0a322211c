import { requireGuardrail } from '../converse/guardrail.js';
import { inputError } from '../errors.js';
import type { Settings } from '../options.js';

/** The members of a request that choose its guardrail. */
interface GuardrailMembers {
  guardrailIdentifier?: string | null | undefined;
  guardrailVersion?: string | undefined;
  trace?: string | undefined;
  body: unknown;
}

/**
 * The guardrail of a call as headers: the request's own, or else the client's; `null` for none.
 *
 * @throws BedrockError `ERR_INPUT` for a guardrail that the service would refuse or ignore.
 */
export function guardrailHeaders(
  { guardrailIdentifier: own, guardrailVersion, trace, body }: GuardrailMembers,
  { guardrailConfig }: Settings,
  contentType: string,
): Record<string, string | undefined> {
  const chosen = own === undefined ? guardrailConfig : own && { guardrailIdentifier: own, guardrailVersion };
  const asked = trace ?? toTrace(chosen?.['trace' as never]);
  if (!chosen) {
    if (own === undefined && guardrailVersion !== undefined)
      throw inputError('guardrailVersion has no effect without guardrailIdentifier. Pass both.');
    // Only for objects: a text body is not parsed here, and the service refuses it anyway.
    if (own === undefined && Object.hasOwn(Object(body), 'amazon-bedrock-guardrailConfig'))
      throw inputError(
        'body has amazon-bedrock-guardrailConfig, which needs guardrailIdentifier and guardrailVersion.',
      );
    return { 'x-amzn-bedrock-trace': asked };
  }
  requireGuardrail(chosen);
  if (!/^application\/json *(?:;|$)/i.test(contentType))
    throw inputError(
      `A guardrail reads JSON only, and contentType is ${contentType}. Pass guardrailIdentifier: null.`,
    );
  return {
    'x-amzn-bedrock-guardrailidentifier': chosen.guardrailIdentifier,
    'x-amzn-bedrock-guardrailversion': chosen.guardrailVersion,
    'x-amzn-bedrock-trace': asked,
  };
}

/** Converse has it in lower case. */
function toTrace(trace: string | undefined): string | undefined {
  return trace?.toUpperCase();
}
