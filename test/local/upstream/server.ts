import type { ServerResponse } from 'node:http';
import { type Bedrock, createBedrock } from 'bedrock-anywhere';
import {
  createLocalBedrock,
  type LocalBedrock,
  type LocalBedrockOptions,
  localTransport,
} from 'bedrock-anywhere/local';
import { afterEach } from 'vitest';
import { type Answer, startServer, type TestServer } from '../../converse/server.js';

const servers: TestServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

export interface Setup {
  /** The server of a model, as others have them. */
  server: TestServer;
  local: LocalBedrock;
  bedrock: Bedrock;
}

/** A local Bedrock with a real server behind it, which gives these answers in turn. */
export async function setUp(
  answers: Answer | readonly Answer[],
  options: LocalBedrockOptions = {},
): Promise<Setup> {
  const server = await startServer(...[answers].flat());
  servers.push(server);
  const upstream = { baseURL: `${server.url}/v1`, model: 'qwen3:8b' };
  const local = createLocalBedrock({ upstream, ...options });
  return { server, local, bedrock: createBedrock({ transport: localTransport(local), maxAttempts: 1 }) };
}

/** The bodies that the server received. */
export function bodiesOf({ requests }: TestServer): Record<string, unknown>[] {
  return requests.filter(({ body }) => body !== '').map(({ body }) => JSON.parse(body));
}

export function openStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
}

/** A chunk of a stream. */
export function chunk(delta: object, reason: string | null = null, more: object = {}): object {
  const choices = [{ index: 0, delta, finish_reason: reason }];
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'qwen3:8b',
    choices,
    ...more,
  };
}

export function line(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** The last chunk with the tokens, which has no choices. */
export function usageChunk(prompt: number, completion: number, details: object = {}): object {
  const usage = {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    ...details,
  };
  return { id: 'chatcmpl-1', object: 'chat.completion.chunk', choices: [], usage };
}

export const DONE = 'data: [DONE]\n\n';

/** Answers with these chunks, and ends as OpenAI does. */
export function streams(...chunks: object[]): Answer {
  return streamsText(chunks.map(line).join('') + DONE);
}

/** Answers with the text of a stream. */
export function streamsText(text: string): Answer {
  return (response) => {
    openStream(response);
    response.end(text);
  };
}

/** Answers with JSON. */
export function answers(json: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(json));
  };
}

/** A whole answer with this message. */
export function completion(message: object, reason = 'stop', more: object = {}): object {
  const choices = [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: reason }];
  return { id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'qwen3:8b', choices, ...more };
}

const MODEL = 'amazon.nova-lite-v1:0';
export const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';

/** A request that says this. */
export function ask(text = 'Hi', modelId = MODEL) {
  return { modelId, messages: [{ role: 'user' as const, content: [{ text }] }] };
}

export const WEATHER = {
  toolSpec: {
    name: 'get_weather',
    description: 'The weather of a city.',
    inputSchema: {
      json: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  },
};
