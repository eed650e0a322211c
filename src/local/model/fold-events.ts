import { concatBytes } from '../../encoding.js';
import { type StreamEvent, typeAndPayload } from '../http/frames.js';
import { type Answer, type AnswerBlock, bytesOrLetters } from './answer.js';
import type { Json } from './body.js';

interface Growing {
  text: string;
  reasoning: string;
  signature: string | undefined;
  redacted: Uint8Array[];
  citation: Json | undefined;
  toolUse: { toolUseId: string; name: string } | undefined;
  input: string;
}

/** The answer that a script's events make, for the route that does not stream. */
export function foldEvents(events: Iterable<StreamEvent>): Answer {
  const blocks = new Map<number, Growing>();
  const answer: Answer = { blocks: [], stopReason: 'end_turn' };
  for (const event of events) {
    const [type, payload] = typeAndPayload(event) as [string, Json];
    const index = Number(payload['contentBlockIndex'] ?? 0);
    if (type === 'contentBlockStart') {
      blockAt(blocks, index).toolUse = (payload['start'] as Json | undefined)?.[
        'toolUse'
      ] as Growing['toolUse'];
    } else if (type === 'contentBlockDelta') {
      grow(blockAt(blocks, index), payload['delta'] as Json);
    } else if (type === 'messageStop') {
      answer.stopReason = String(payload['stopReason'] ?? 'end_turn');
    } else if (type === 'metadata') {
      if (payload['usage'] !== undefined) answer.usage = payload['usage'] as Json;
      if (payload['trace'] !== undefined) answer.trace = payload['trace'] as Json;
    }
  }
  const inOrder = [...blocks].sort(([a], [b]) => a - b);
  answer.blocks = inOrder.flatMap(([, block]) => finished(block));
  return answer;
}

function blockAt(blocks: Map<number, Growing>, index: number): Growing {
  const known = blocks.get(index);
  if (known !== undefined) return known;
  const block: Growing = {
    text: '',
    reasoning: '',
    signature: undefined,
    redacted: [],
    citation: undefined,
    toolUse: undefined,
    input: '',
  };
  blocks.set(index, block);
  return block;
}

function grow(block: Growing, delta: Json): void {
  const reasoning = delta['reasoningContent'] as Json | undefined;
  const tool = delta['toolUse'] as Json | undefined;
  block.text += textOf(delta['text']);
  block.input += textOf(tool?.['input']);
  block.reasoning += textOf(reasoning?.['text']);
  if (reasoning?.['signature'] !== undefined) block.signature = textOf(reasoning['signature']);
  const redacted = reasoning?.['redactedContent'];
  if (typeof redacted === 'string') block.redacted.push(bytesOrLetters(redacted));
  else if (redacted instanceof Uint8Array) block.redacted.push(redacted);
  if (delta['citation'] !== undefined) block.citation = delta['citation'] as Json;
}

function finished(block: Growing): AnswerBlock[] {
  if (block.toolUse !== undefined) {
    const { toolUseId, name } = block.toolUse;
    return [{ kind: 'toolUse', toolUseId, name, input: jsonOf(block.input) }];
  }
  if (block.redacted.length > 0) return [{ kind: 'redacted', bytes: concatBytes(block.redacted) }];
  if (block.reasoning !== '' || block.signature !== undefined) {
    const signed = block.signature === undefined ? {} : { signature: block.signature };
    return [{ kind: 'reasoning', text: block.reasoning, ...signed }];
  }
  const cited = block.citation === undefined ? {} : { citation: block.citation };
  return block.text === '' && block.citation === undefined
    ? []
    : [{ kind: 'text', text: block.text, ...cited }];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
