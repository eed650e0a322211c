import type { Address } from '../address.js';

/** An id that the local Bedrock made up for a call, in Converse's form. */
const MADE_UP = /^tooluse_([\w-]{22})$/;

/**
 * The id of a call as OpenAI's protocols write it; one from a script stays as it is. GPT-5 and newer on bedrock-mantle count the calls
 * of each answer from 0 (recorded by pydantic/pydantic-ai, 2026-07).
 */
export function callIdOf(id: string, index: number, { address }: { address: Address }): string {
  const [, random] = MADE_UP.exec(id) ?? [];
  if (random === undefined) return id;
  const isCounted = address.endpoint === 'mantle' && address.model?.startsWith('openai.gpt-') === true;
  return isCounted && address.base === 'openai/v1'
    ? `call_${index}`
    : `call_${random.replace(/[-_]/g, '0')}00`;
}
