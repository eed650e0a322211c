import type { Json } from '../check/shape.js';
import { type Connection, readJson } from './connection.js';
import type { Target } from './target.js';

/** Models that do not answer in text, by their names. */
const NOT_FOR_CHAT = /embed|rerank|whisper|tts|moderation|\bbge-|\be5-|minilm/i;

/** Decides which model of the upstream answers. */
export interface ModelChoice {
  /** The name of the model that stands for one of Bedrock. */
  find(modelId: string, connection: Connection): Promise<string>;
  /** Lists the models again at the next request: a server may have been given others. */
  forget(): void;
}

export function createModelChoice(target: Target): ModelChoice {
  let known: readonly string[] | undefined;
  return {
    async find(modelId, connection) {
      if (target.model !== undefined) return target.model;
      known ??= await listModels(connection, target);
      if (known.includes(modelId)) return modelId;
      return known.find((name) => !NOT_FOR_CHAT.test(name)) ?? modelId;
    },
    forget() {
      known = undefined;
    },
  };
}

/** The names of all models; none if the server does not list them. */
async function listModels(connection: Connection, target: Target): Promise<readonly string[]> {
  const response = await connection.fetch('/models');
  if (!response.ok) {
    await response.body?.cancel().catch(() => undefined);
    return [];
  }
  const { data } = Object(await readJson(response, target)) as Json;
  const names = (Array.isArray(data) ? (data as Json[]) : []).map((one) => (Object(one) as Json)['id']);
  return names.filter((name) => typeof name === 'string');
}
