import { refuseField } from '../failure.js';
import { findMembers, type JsonMembers } from '../pass/json-members.js';
import type { BedrockPaths } from './bedrock-paths.js';
import type { CallerRights } from './check-body.js';

/** Headers by which a caller chooses a guardrail. */
const GUARDRAIL_HEADERS = [
  'x-amzn-bedrock-guardrailidentifier',
  'x-amzn-bedrock-guardrailversion',
  'x-amzn-bedrock-trace',
];

/**
 * What a caller may do, and the headers of the guardrail that it chose. A guardrail of the operator can neither be replaced nor
 * told what to read.
 *
 * @throws Refusal for headers of a guardrail that the caller may not choose
 */
export function rightsOf(
  { s3Locations = false, guardrails = false }: BedrockPaths,
  hasGuardrail: boolean,
  headers: Headers,
): CallerRights & { headers: Record<string, string> } {
  const rights = { s3Locations, guardrails: guardrails && !hasGuardrail };
  const chosen = GUARDRAIL_HEADERS.filter((name) => headers.has(name));
  const [first] = chosen;
  if (first === undefined || rights.guardrails)
    return { ...rights, headers: Object.fromEntries(chosen.map((name) => [name, headers.get(name) ?? ''])) };
  throw refuseField(
    first,
    `The request has the header ${first}. Only the operator of this gateway chooses its guardrail. Remove the header.`,
  );
}

/**
 * Finds the members of a body.
 *
 * @throws Refusal for a name that an object has twice: two readers of such a text can see two requests, one that is allowed and
 * one that is not
 */
export function requireUnique(text: string): JsonMembers {
  const members = findMembers(text);
  if (members.repeated === undefined) return members;
  const name = JSON.stringify(members.repeated.slice(0, 100));
  throw refuseField('body', `An object of the body has the member ${name} twice. Send it once.`);
}
