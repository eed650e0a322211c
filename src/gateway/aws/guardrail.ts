import type { Bedrock } from '../../index.js';
import type { Exchange, Passed } from '../exchange/exchange.js';
import { type Guardrail, guardrailOf, requireClientOptions } from '../pass/client-options.js';
import { addMember, type JsonMembers } from '../pass/json-members.js';
import type { Target } from '../routing/target.js';

/** The text of a Converse request with the operator's guardrail. It has none of its own. Only streams accept the mode. */
export function guardText(
  text: string,
  members: JsonMembers,
  { streamProcessingMode, ...guardrail }: Guardrail,
  isStream: boolean,
): string {
  const config =
    isStream && streamProcessingMode !== undefined ? { ...guardrail, streamProcessingMode } : guardrail;
  return addMember(text, members, 'guardrailConfig', config);
}

/** The operator's guardrail for InvokeModel and the paths of other protocols on bedrock-runtime, which have headers for it. */
export function guardHeaders({
  guardrailIdentifier,
  guardrailVersion,
  trace,
}: Guardrail): Record<string, string> {
  return {
    'x-amzn-bedrock-guardrailidentifier': guardrailIdentifier,
    'x-amzn-bedrock-guardrailversion': guardrailVersion,
    ...(trace !== undefined && { 'x-amzn-bedrock-trace': trace.toUpperCase() }),
  };
}

/**
 * The guardrails of the clients that may call the targets of a request.
 *
 * @throws BedrockError for half of a guardrail, and for clients whose options are not known
 */
export function findGuardrails(
  { routing }: Passed<Exchange>,
  targets: readonly Target[],
): ReadonlyMap<Target, Guardrail> {
  return new Map(
    targets.flatMap((target) => {
      const client = routing.clients.get(target.client ?? '') as Bedrock;
      const guardrail = guardrailOf(requireClientOptions(client));
      return guardrail === undefined ? [] : [[target, guardrail]];
    }),
  );
}
