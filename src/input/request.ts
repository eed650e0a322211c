import type { ConverseStreamCommandInput, CountTokensCommandInput } from '@aws-sdk/client-bedrock-runtime';
import { inputError } from '../errors.js';
import type { ConverseStreamRequest, CountTokensRequest } from '../types.js';
import { type Path, type Read, readWhole } from './read.js';
import { requestForms } from './request-form.js';

/** A Converse request in AWS's own form: every text is a block, and a prompt is a message. */
export interface PlainRequest
  extends Omit<ConverseStreamCommandInput, 'guardrailConfig'>,
    Pick<ConverseStreamRequest, 'guardrailConfig'> {}

/**
 * Checks the request of `stream()` or `converse()`: strings become blocks, and `prompt` becomes a user message. The request
 * itself is never changed; one in AWS's own form is returned unchanged.
 *
 * It throws for definite mistakes: values of the wrong type, names from other APIs, options. Any other unknown name, and
 * new kinds of blocks and tools, go to the service, so that AWS's additions can be used before this library knows them.
 *
 * @throws BedrockError `ERR_INPUT` with the path
 */
export function readRequest(given: ConverseStreamRequest): PlainRequest {
  return withMessages(read<ConverseStreamRequest>(given, requestForms().converse), '') as PlainRequest;
}

/** Checks the request of `countTokens()`: AWS's own, or one for `converse()`, reduced to the members that are counted. */
export function readCountRequest(given: CountTokensRequest): CountTokensCommandInput {
  const request = read<ConverseStreamRequest & Partial<CountTokensCommandInput>>(given, requestForms().count);
  const { modelId, input } = request;
  if (input === undefined) {
    const { messages, system, toolConfig, additionalModelRequestFields } = withMessages(request, '');
    const converse = { messages, system, toolConfig, additionalModelRequestFields };
    return counted(modelId, converse);
  }
  for (const [name, value] of Object.entries(request)) {
    if (value == null || name === 'modelId' || name === 'input') continue;
    throw inputError(
      `input is set together with ${name}, which would not be counted. Put it into input.converse.`,
    );
  }
  if (input.converse === undefined) return { modelId, input };
  return counted(modelId, withMessages(input.converse, 'input.converse.'));
}

function counted(modelId: unknown, converse: { messages?: unknown[] | undefined }): CountTokensCommandInput {
  if (converse.messages?.length) return { modelId, input: { converse } } as CountTokensCommandInput;
  throw inputError(
    'There are no messages to count. Pass prompt: "…" or messages, or put them into input.converse.',
  );
}

function read<T>(given: unknown, form: Read): T {
  const path: Path = [];
  return readWhole(path, () => form(given, path) as T);
}

/** @param at Path of the conversation, for errors. */
function withMessages<T extends Pick<ConverseStreamRequest, 'prompt' | 'messages'>>(
  given: T,
  at: string,
): Omit<T, 'prompt'> {
  if (!('prompt' in given)) return given;
  const { prompt, ...rest } = given;
  if (prompt === undefined) return rest;
  if (rest.messages === undefined)
    return { ...rest, messages: [{ role: 'user', content: [{ text: prompt }] }] };
  throw inputError(`${at}prompt and ${at}messages are both set. Pass one of them.`);
}
