import { createBedrock, isBedrockError } from 'bedrock-anywhere';
import { createLocalBedrock, type LocalBedrock, localTransport } from 'bedrock-anywhere/local';
import { afterEach, describe, expect, it } from 'vitest';
import { awsError, startServer, type TestServer } from '../converse/server.js';
import { failure, send } from '../local/request.js';
import { ACCOUNT_REFUSALS, type AccountRefusal } from './answers.js';

const titles = ACCOUNT_REFUSALS.map((refusal) => [refusal.what, refusal] as const);
const faulty = titles.filter(([, { refuse }]) => refuse !== undefined);
const request = {
  modelId: 'amazon.nova-lite-v1:0',
  messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }],
};

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** The sentence, whatever account and resource it is about. */
const pattern = (said: string): string =>
  said
    .replace(/^User: \S+/, 'User: …')
    .replace(/perform: \S+/, 'perform: …')
    .replace(/ on resource: \S+/, '')
    .replace(/the bedrock:\w+ action/, 'the … action')
    .replace(/ policy: arn:\S+/, ' policy');

async function errorOf(call: () => PromiseLike<unknown>) {
  const error: unknown = await call().then(
    () => 'it did not fail',
    (thrown: unknown) => thrown,
  );
  if (isBedrockError(error)) return error;
  throw error;
}

/** The advice behind the sentence. */
function adviceIn(message: string, said: string): string {
  const end = said.trim();
  expect(message.startsWith(end)).toBe(true);
  return message.slice(end.length).replace(/^\./, '').trim();
}

it.each(titles)('%s: recorded, with a dated source', (_, { source, read }) => {
  expect(source).toMatch(/^https:\/\/\S+$/);
  expect(read).toMatch(/^20\d\d-\d\d-\d\d$/);
});

describe('the local Bedrock says so in the words of the service', () => {
  it.each(faulty)('%s', async (_, { refuse, status, exception, said }) => {
    const headers = { 'x-local-fault': `refuse=${refuse}` };
    const answer = await failure(await send(createLocalBedrock(), { headers }));
    expect(answer).toMatchObject({ status, name: exception });
    expect(pattern(answer.message)).toBe(pattern(said));
  });

  it('once for a fault of the options, and to every call of a caller', async () => {
    const local = createLocalBedrock({ faults: ['refuse=session-policy'] });
    const bedrock = createBedrock({ transport: localTransport(local) });
    await expect(bedrock.converse(request)).rejects.toMatchObject({
      message: expect.stringMatching(
        /bedrock:\w+ on resource: \S+ because no session policy .* in its session policy\.$/,
      ),
    });
    expect((await bedrock.converse(request)).text).not.toBe('');
  });
});

describe('the error has the sentence of the service, and advice that can help', () => {
  it.each(titles)('%s', async (_, refusal) => {
    const { status, exception, said, code, advice } = refusal;
    server = await startServer(awsError(status, exception, said));
    const bedrock = createBedrock({
      endpoint: server.url,
      region: 'us-east-1',
      credentials: { token: 'key' },
    });
    for (const call of [() => bedrock.converse(request), () => bedrock.stream(request).result()]) {
      const error = await errorOf(call);
      expect(error).toMatchObject({ code, name: exception, status, retryable: false });
      expect(adviceIn(error.message, said)).toMatch(advice);
    }
  });

  it.each(titles)('%s, where a browser hides the name', async (_, { status, said, code, advice }) => {
    server = await startServer((response) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ Message: said }));
    });
    const bedrock = createBedrock({
      endpoint: server.url,
      region: 'us-east-1',
      credentials: { token: 'key' },
    });
    const error = await errorOf(() => bedrock.converse(request));
    expect(error).toMatchObject({ name: 'BedrockError', status, code, retryable: false });
    expect(adviceIn(error.message, said)).toMatch(advice);
  });

  it.each(faulty)('%s, as the local Bedrock says it', async (_, refusal) => {
    const error = await errorOf(() => callOf(createLocalBedrock(), refusal));
    expect(error).toMatchObject({ code: refusal.code, attempts: 1, message: expect.stringMatching(/\.$/) });
    expect(error.message).not.toContain('It needs the IAM action');
  });
});

function callOf(local: LocalBedrock, { refuse }: AccountRefusal): Promise<unknown> {
  const headers = { 'x-local-fault': `refuse=${refuse}` };
  return createBedrock({ transport: localTransport(local) }).converse(request, { headers });
}
