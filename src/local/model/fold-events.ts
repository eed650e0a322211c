import { concatBytes } from '../../encoding.js';
import type { Json } from '../check/shape.js';
import { type Answer, type AnswerBlock, toBytes } from '../conversation/answer.js';
import { readEvent, type StreamEvent } from '../http/frames.js';

/** What the events say of one block. */
interface Parts {
  toolUse?: { toolUseId: string; name: string } | undefined;
  deltas: Json[];
}

/** Puts a script's events together to the answer that they make, for the route that does not stream. */
export function foldEvents(events: Iterable<StreamEvent>): Answer {
  const blocks = new Map<number, Parts>();
  const answer: Answer = { blocks: [], stopReason: 'end_turn' };
  for (const event of events) {
    const [type, payload] = readEvent(event) as [string, Json];
    const index = Number(payload['contentBlockIndex'] ?? 0);
    const block: Parts = blocks.get(index) ?? { deltas: [] };
    if (type === 'contentBlockStart') {
      block.toolUse = (memberOf(payload['start'], 'toolUse') ?? undefined) as Parts['toolUse'];
      blocks.set(index, block);
    } else if (type === 'contentBlockDelta') {
      block.deltas.push(Object(payload['delta']) as Json);
      blocks.set(index, block);
    } else if (type === 'messageStop') {
      answer.stopReason = String(payload['stopReason'] ?? 'end_turn');
    } else if (type === 'metadata') {
      if (payload['usage'] !== undefined) answer.usage = payload['usage'] as Json;
      if (payload['trace'] !== undefined) answer.trace = payload['trace'] as Json;
    }
  }
  const inOrder = [...blocks].sort(([a], [b]) => a - b);
  answer.blocks = inOrder.flatMap(([, block]) => foldBlock(block));
  return answer;
}

function foldBlock({ toolUse, deltas }: Parts): AnswerBlock[] {
  if (toolUse !== undefined) {
    const { toolUseId, name } = toolUse;
    const input = readJson(joinTexts(deltas.map((delta) => memberOf(delta['toolUse'], 'input'))));
    return [{ kind: 'toolUse', toolUseId, name, input }];
  }
  const inReasoning = (name: string): unknown[] =>
    deltas.map((delta) => memberOf(delta['reasoningContent'], name)).filter((value) => value !== undefined);
  const redacted = inReasoning('redactedContent').map((value) =>
    value instanceof Uint8Array ? value : toBytes(String(value)),
  );
  if (redacted.length > 0) return [{ kind: 'redacted', bytes: concatBytes(redacted) }];
  const reasoning = joinTexts(inReasoning('text'));
  const signature = inReasoning('signature').at(-1);
  if (reasoning !== '' || signature !== undefined) {
    return [
      {
        kind: 'reasoning',
        text: reasoning,
        ...(signature !== undefined && { signature: String(signature) }),
      },
    ];
  }
  const text = joinTexts(deltas.map((delta) => delta['text']));
  const citations = deltas.map((delta) => delta['citation']).filter((one) => one !== undefined);
  if (citations.length > 0) return [{ kind: 'text', text, citation: citations.at(-1) as Json }];
  return text === '' ? [] : [{ kind: 'text', text }];
}

function memberOf(value: unknown, name: string): unknown {
  return (value as Json | null | undefined)?.[name];
}

function joinTexts(texts: readonly unknown[]): string {
  return texts.filter((text) => typeof text === 'string').join('');
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
