import type { LocalBedrock } from 'bedrock-anywhere/local';
import { modelPath, send } from '../request.js';

/** What Converse answers. */
export interface Answer {
  output: { message: { role: string; content: Record<string, unknown>[] } };
  stopReason: string;
  usage: Record<string, number>;
  metrics: { latencyMs: number };
  additionalModelResponseFields?: object;
  performanceConfig?: object;
  serviceTier?: object;
}

/** Sends a request to Converse. */
export async function ask(local: LocalBedrock, body: unknown, modelId?: string): Promise<Answer> {
  const response = await send(local, { path: modelPath('converse', modelId), body });
  return (await response.json()) as Answer;
}

/** Text of an answer. */
export function textIn(answer: Answer): string {
  return answer.output.message.content.map((block) => block['text'] ?? '').join('');
}
