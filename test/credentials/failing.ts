import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AwsCredentials, CallOptions } from 'bedrock-anywhere';
import { beforeEach, expect } from 'vitest';
import { behind, type Library, type MachineSketch, machine, printed } from './machine.js';
import { expectNoMark, secret } from './marks.js';

/** Keys whose secrets are marked. */
export const KEYS: AwsCredentials = {
  accessKeyId: 'ASIAOPENOPENOPENOPEN',
  secretAccessKey: secret('key'),
  sessionToken: secret('session'),
};
/** A token that is marked. */
export const TOKEN = { token: secret('token').replaceAll('=', '') };
/** A provider of logins. */
export const IDP = 'login.example.com';
/** A question that every call can ask. */
export const question = {
  modelId: 'anthropic.claude-3-5-haiku-20241022-v1:0',
  messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }],
};

let output: string[];
beforeEach(() => {
  output = printed();
});

/** What was printed since the test began. */
export const consoleOutput = (): readonly string[] => output;

/** The error of something that must fail, after a look at it and at all that was printed. */
export async function failure(
  doing: () => PromiseLike<unknown>,
): Promise<{ code?: string; message: string }> {
  let error: unknown;
  try {
    await doing();
  } catch (reason) {
    error = reason;
  }
  expect(error).toBeInstanceOf(Error);
  expectNoMark(error, 'The error');
  expectNoMark(output, 'The console');
  return error as { code?: string; message: string };
}

/** The library on a machine without anything. */
export async function library(sketch: MachineSketch = {}): Promise<Library> {
  return (await machine(sketch)).library;
}

/** A call of each kind with the same options. */
export async function everyCall(options: CallOptions): Promise<(() => PromiseLike<unknown>)[]> {
  const { createBedrock } = await library();
  const bedrock = createBedrock({ region: 'us-east-1', maxAttempts: 1, ...options });
  return [
    () => bedrock.stream(question).text(),
    () => bedrock.converse(question),
    () => bedrock.countTokens(question),
    () => bedrock.discover({ refreshInterval: 0 }),
  ];
}

/** What a server that is asked anything answers. */
export interface GivenAnswer {
  status: number;
  /** The reason phrase of the status line. */
  reason?: string;
  type: string;
  headers?: Record<string, string>;
  body: string | Uint8Array;
  /** Whether the connection breaks after the body. */
  breaks?: boolean;
}

/** A request as a server sees it. */
export interface SeenRequest {
  url: string;
  headers: Record<string, unknown>;
  body: string;
}

/** Starts a server that answers everything in one way, and returns its address. */
export async function answering(answer: (request: SeenRequest) => GivenAnswer): Promise<string> {
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const seen = { url: request.url ?? '', headers: request.headers, body: text };
    const { status, reason, type, headers, body, breaks = false } = answer(seen);
    response.writeHead(status, reason, { 'content-type': type, ...headers });
    if (breaks) response.write(body, () => response.destroy());
    else response.end(body);
  }).listen(0, '127.0.0.1');
  behind(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
