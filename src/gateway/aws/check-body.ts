import { isObject } from '../../input/read.js';
import { Refusal } from '../failure.js';
import type { Body } from '../fields.js';

/** What callers of Bedrock's own paths may not do unless the operator allows it. */
export interface CallerRights {
  /** Whether requests may name files in S3, which Bedrock then reads as the gateway. */
  s3Locations: boolean;
  /** Whether requests may choose a guardrail, or what it reads. */
  guardrails: boolean;
}

/** Members whose values are data of tools, in which any name may stand. */
const DATA = new Set(['input', 'inputSchema', 'input_schema', 'json', 'parameters']);

/** Members that choose a guardrail, or the part of a request that it reads. */
const GUARDRAILS = ['guardrailConfig', 'amazon-bedrock-guardrailConfig', 'guardContent'];

/**
 * Checks what a request to one of Bedrock's own paths makes Bedrock do.
 *
 * @throws Refusal for what only the operator may allow
 */
export function checkBody(body: Body, rights: CallerRights): void {
  const found = findMember(body, [
    ...(rights.s3Locations ? [] : ['s3Location']),
    ...(rights.guardrails ? [] : GUARDRAILS),
  ]);
  if (found === undefined) return;
  throw new Refusal(
    'input',
    found === 's3Location'
      ? 'The request names a file in S3, which Bedrock would read with the permissions of this gateway. Send its bytes instead.'
      : `The request has the member ${found}. Only the operator of this gateway chooses its guardrail. Remove the member.`,
    { param: found },
  );
}

/** The first of these members that a value has at any depth, apart from data of tools. */
function findMember(value: Body, names: readonly string[]): string | undefined {
  const left: unknown[] = [value];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (Array.isArray(next)) for (const item of next) if (typeof item === 'object') left.push(item ?? {});
    if (!isObject(next)) continue;
    for (const [name, member] of Object.entries(next)) {
      if (names.includes(name)) return name;
      if (typeof member === 'object' && member !== null && !DATA.has(name)) left.push(member);
    }
  }
  return undefined;
}
