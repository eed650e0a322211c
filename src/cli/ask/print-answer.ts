import type { ConverseResult, ConverseStreamRequest } from '../../index.js';
import { isBedrockError } from '../../index.js';
import { whileTurning } from '../print/spinner.js';
import type { Terminal } from '../print/terminal.js';
import type { Connection } from './connection.js';
import { type Spent, writeFooter } from './footer.js';
import { suggestModel } from './known-models.js';
import { writeJson } from './saved-conversation.js';

/** How an answer is printed. */
export interface Printing {
  /** `text` as it arrives; `shape` for the JSON that a schema asked for; `json` for a document about the answer. */
  form: 'text' | 'shape' | 'json';
  isQuiet: boolean;
}

/** Calls the model and prints its answer. */
export async function printAnswer(
  connection: Connection,
  request: ConverseStreamRequest,
  { form, isQuiet }: Printing,
  given: Terminal,
): Promise<ConverseResult> {
  const terminal = isQuiet ? { ...given, animate: undefined } : given;
  const { bedrock, modelId, region, isLocal } = connection;
  const started = performance.now();
  const answer = bedrock.stream(request);
  let result: ConverseResult;
  try {
    if (form === 'text') {
      await printTexts(answer.textStream(), terminal);
      result = await answer.result();
    } else {
      result = await whileTurning(terminal, `Waiting for ${modelId} …`, answer.result());
    }
  } catch (error) {
    throw await withSuggestion(error, modelId, region);
  }
  const { usage, cost } = result;
  const spent: Spent = { modelId, usage, cost, ms: performance.now() - started, isLocal };
  if (form === 'shape') terminal.answer(`${readShape(result)}\n`);
  if (form === 'json') terminal.answer(`${writeJson(documentOf(result, connection), 2)}\n`);
  if (!isQuiet) {
    for (const warning of result.warnings) terminal.err(`bedrock-anywhere: ${warning}\n`);
    writeFooter(spent, terminal);
  }
  return result;
}

/** Writes texts as they arrive, with a line feed at the end. */
async function printTexts(texts: AsyncIterable<string>, terminal: Terminal): Promise<void> {
  const iterator = texts[Symbol.asyncIterator]();
  let last = '';
  let next = await whileTurning(terminal, 'Waiting for the answer …', iterator.next());
  try {
    while (next.done !== true) {
      if (next.value !== '') {
        last = next.value;
        terminal.answer(last);
      }
      next = await iterator.next();
    }
  } finally {
    if (last !== '' && !last.endsWith('\n')) terminal.answer('\n');
  }
}

/** The JSON that a schema asked for, from the text or from the tool that the model had to call. */
function readShape({ text, toolUses: [use], stopReason }: ConverseResult): string {
  const why = `The model did not answer in JSON (it stopped with ${stopReason}).`;
  if (use !== undefined) {
    if (use.inputError !== undefined) throw new Error(`${why} ${use.inputError}`);
    return JSON.stringify(use.input, undefined, 2);
  }
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    throw new Error(`${why} Try again, raise --max-tokens, or use another model.`);
  }
}

/** One document with the same keys each time: what is unknown is null. */
function documentOf(result: ConverseResult, { modelId, region, isLocal }: Connection): object {
  const { text, message, stopReason, usage, cost, requestId, attempts, repairs, warnings } = result;
  return {
    text,
    modelId,
    region,
    local: isLocal,
    stopReason,
    usage: usage ?? null,
    cost: isLocal ? null : (cost ?? null),
    requestId: requestId ?? null,
    attempts,
    repairs,
    warnings,
    message,
  };
}

const COMPLETE: ReadonlySet<string> = new Set(['end_turn', 'stop_sequence', 'tool_use']);

/** Why an answer is not complete, and what to do; undefined if it is. */
export function explainEnding(
  { stopReason }: Pick<ConverseResult, 'stopReason'>,
  advice = 'Raise --max-tokens, or continue with: npx bedrock-anywhere ask -c "Go on."',
): string | undefined {
  if (COMPLETE.has(stopReason)) return undefined;
  switch (stopReason) {
    case 'max_tokens':
      return `The answer was cut off at the token limit. ${advice}`;
    case 'guardrail_intervened':
      return 'A guardrail blocked the answer or a part of it.';
    case 'content_filtered':
      return 'The content filter of the model blocked the answer or a part of it.';
    default:
      return `The answer is not complete: the model stopped with ${stopReason}.`;
  }
}

/** Adds the id that was probably meant, if the service does not know the model. */
export async function withSuggestion(error: unknown, modelId: string, region: string): Promise<unknown> {
  if (!isBedrockError(error) || !['ERR_INPUT', 'ERR_NOT_FOUND'].includes(error.code)) return error;
  if (!/model/i.test(error.message)) return error;
  const suggestion = await suggestModel(modelId, region);
  return suggestion === undefined
    ? error
    : new Error(`${error.message} Did you mean ${suggestion}?`, { cause: error });
}
