import type { Answer } from '../conversation/answer.js';
import { listContent } from '../model/events.js';
import type { Question, Upstream } from '../model/upstream.js';
import { ChunkReader } from './chunk-reader.js';
import { Connection, incomplete, readJson } from './connection.js';
import { createEmbed } from './embed.js';
import { createModelChoice } from './model-choice.js';
import { writeRequest } from './request.js';
import { readStream } from './stream.js';
import type { Target } from './target.js';

/** Creates what answers with the model of an OpenAI-compatible server. */
export function createUpstream(target: Target): Upstream {
  const choice = createModelChoice(target);

  async function ask(
    connection: Connection,
    { body, model }: Question,
    isStream: boolean,
  ): Promise<Response> {
    try {
      const name = await choice.find(model.modelId, connection);
      return await connection.send('/chat/completions', writeRequest(body, name, isStream));
    } catch (error) {
      choice.forget();
      throw error;
    }
  }

  return {
    embed: createEmbed(target),
    async answer(question) {
      const connection = new Connection(target, question.signal);
      try {
        return await readWhole(await ask(connection, question, false), question, target);
      } finally {
        connection.close();
      }
    },
    async open(question) {
      const connection = new Connection(target, question.signal);
      try {
        const response = await ask(connection, question, true);
        // Some servers do not stream everything, such as answers with tools.
        if (!isJson(response)) return await readStream(response, connection, question, target);
        const answer = await readWhole(response, question, target);
        connection.close();
        return { answer, content: listContent(answer.blocks, question.roll) };
      } catch (error) {
        connection.close();
        throw error;
      }
    },
  };
}

function isJson({ headers }: Response): boolean {
  return /^application\/json\b/i.test(headers.get('content-type') ?? '');
}

async function readWhole(response: Response, question: Question, target: Target): Promise<Answer> {
  const json = await readJson(response, target);
  const chunks = new ChunkReader(question);
  try {
    chunks.read(json);
    if (!chunks.hasEnded) throw new Error('it has no finish_reason');
    chunks.finish();
  } catch (error) {
    throw incomplete(error, target);
  }
  return chunks.answer;
}
