import { readAnswer } from '../answer/events.js';
import { callOptions, reserve } from '../exchange/call.js';
import type { Exchange } from '../exchange/exchange.js';
import { answerContext, headersOf, respondWhole } from '../exchange/respond.js';
import type { Body } from '../fields.js';
import { recordWhole, startChatRecording } from '../telemetry/record-call.js';
import { type Reading, readRequest, reserveAnswer, translate } from './reading.js';
import { answerStream } from './stream.js';

/**
 * Answers a request through Converse.
 *
 * @throws whatever the call failed with before anything was sent
 */
export async function answerByConverse(exchange: Exchange, body: Body): Promise<Response> {
  const reading = await readRequest(exchange, body);
  return reading.read.isStream ? answerStream(exchange, reading) : answerWhole(exchange, reading);
}

/**
 * Answers count_tokens of Messages. Bedrock counts for some models only.
 *
 * @throws whatever the call failed with
 */
export async function answerCount(exchange: Exchange, body: Body): Promise<Response> {
  const reading = await readRequest(exchange, body);
  const { failover } = reading;
  const { tokens, notes } = await failover.first(async (attempt) => {
    const { request, notes } = translate(exchange, reading, attempt.target);
    // Counting is free, so that it uses no tokens.
    await reserve(exchange, { countInput: () => 0, outputTokens: 0 });
    const { modelId, messages, system, toolConfig, additionalModelRequestFields } = request;
    const tokens = await attempt.client.countTokens(
      { modelId, messages, system, toolConfig, additionalModelRequestFields },
      callOptions(exchange, attempt),
    );
    return { tokens, notes };
  });
  return respondWhole(exchange, { input_tokens: tokens }, headersOf(exchange, failover, notes));
}

async function answerWhole(exchange: Exchange, reading: Reading): Promise<Response> {
  const { protocol, record } = exchange;
  const { read, failover } = reading;
  const context = answerContext(exchange);
  const { result, plan, notes } = await failover.first(async (attempt) => {
    const { request, plan, notes } = translate(exchange, reading, attempt.target);
    await reserveAnswer(exchange, request);
    const result = await recordWhole(startChatRecording(exchange, attempt, request), () =>
      attempt.client.converse(request, callOptions(exchange, attempt)),
    );
    return { result, plan, notes };
  });
  record.partial = result;
  notes.addRepairs(result.repairs);
  const answer = readAnswer(result, plan);
  return respondWhole(
    exchange,
    protocol.writeAnswer(answer, read, context),
    headersOf(exchange, failover, notes),
  );
}
