import { encodeText } from '../../encoding.js';
import { respondJson } from '../http/respond.js';
import { createWholeBody } from '../http/whole-body.js';
import type { Notes } from '../notes.js';
import type { AnswerContext } from '../protocol.js';
import type { Failover } from '../routing/failover.js';
import type { Exchange } from './exchange.js';

/** Answers with JSON. The exchange is over when the client has read it. */
export function respondWhole(
  { run, onEnd }: Exchange,
  body: object,
  headers: Record<string, string>,
): Response {
  const bytes = encodeText(JSON.stringify(body));
  const length = { 'content-length': String(bytes.length) };
  return respondJson(createWholeBody(bytes, run, onEnd), 200, { ...headers, ...length });
}

/** What an answer repeats of its request. */
export function answerContext({ settings, requestId, record }: Exchange): AnswerContext {
  const { now } = settings;
  return { model: record.model ?? '', id: requestId.replace(/^req_/, ''), createdAt: now(), now };
}

/** Headers of an answer: its id, what is left of limits, which target answered, and what was left out. */
export function headersOf(exchange: Exchange, failover: Failover, notes?: Notes): Record<string, string> {
  const { requestId, protocol, record, budget, settings } = exchange;
  if (notes !== undefined) record.notes = notes.list();
  const noted = notes?.header();
  return {
    ...protocol.errors.limitHeaders?.(budget.states(), settings.now()),
    [protocol.errors.requestIdHeader]: requestId,
    ...failover.headers(),
    ...(noted !== undefined && { 'x-bedrock-anywhere-notes': noted }),
  };
}
