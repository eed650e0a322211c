import { createLocalBedrock, type LocalBedrock } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { failure, modelPath, presigned, say } from '../request.js';

const NOON = Date.parse('2026-11-24T00:10:00Z');
const SESSION = { accessKeyId: 'ASIASESSIONSESSION00', secretAccessKey: 'secret', sessionToken: 'the-token' };

/** A request with another query. */
function withQuery(request: Request, change: (query: URLSearchParams) => void): Promise<Request> {
  const url = new URL(request.url);
  change(url.searchParams);
  return request
    .text()
    .then((body) => new Request(url, { method: request.method, ...(body !== '' && { body }) }));
}

async function statusAt(now: number, local: (now: () => number) => LocalBedrock): Promise<number> {
  const bedrock = local(() => now);
  const request = await presigned(bedrock, { date: new Date(NOON), path: '/foundation-models' });
  return (await bedrock.fetch(request)).status;
}

describe('a request with its signature in the query', () => {
  it('passes, with a body and with the query of an operation', async () => {
    const local = createLocalBedrock();
    const answer = await local.fetch(
      await presigned(local, { path: modelPath('converse'), body: say('Hello') }),
    );
    expect(answer.status).toBe(200);
    const list = await local.fetch(await presigned(local, { path: '/foundation-models?byProvider=Meta' }));
    const { modelSummaries } = (await list.json()) as { modelSummaries: { providerName: string }[] };
    expect(new Set(modelSummaries.map(({ providerName }) => providerName))).toEqual(new Set(['Meta']));
  });

  it('passes with a session token, and not with another one', async () => {
    const local = createLocalBedrock({ credentials: SESSION });
    const request = await presigned(local, { path: '/foundation-models', credentials: SESSION });
    expect((await local.fetch(request.clone())).status).toBe(200);
    const other = await withQuery(request, (query) => query.set('X-Amz-Security-Token', 'other'));
    expect((await failure(await local.fetch(other))).name).toBe('UnrecognizedClientException');
  });

  it('is valid as long as it says', async () => {
    const local = (now: () => number) => createLocalBedrock({ now });
    expect(await statusAt(NOON + 899_000, local)).toBe(200);
    expect(await statusAt(NOON + 901_000, local)).toBe(403);
    expect(await statusAt(NOON - 301_000, local)).toBe(403);
  });

  it('fails if anything of it was changed', async () => {
    const local = createLocalBedrock();
    const request = await presigned(local, { path: modelPath('converse'), body: say('Hello') });
    const changed = [
      await withQuery(request.clone(), (query) => query.set('X-Amz-Expires', '901')),
      await withQuery(request.clone(), (query) => query.set('more', '1')),
      await withQuery(request.clone(), (query) => query.set('X-Amz-Signature', '0'.repeat(64))),
      new Request(request.url, { method: 'POST', body: JSON.stringify(say('Jello')) }),
    ];
    for (const one of changed) {
      expect(await failure(await local.fetch(one))).toMatchObject({
        status: 403,
        name: 'InvalidSignatureException',
        message: expect.stringContaining('does not match') as unknown,
      });
    }
  });

  it('fails if a part is missing or wrong', async () => {
    const local = createLocalBedrock();
    const request = await presigned(local, { path: '/foundation-models' });
    for (const [name, value, message] of [
      ['X-Amz-Algorithm', 'AWS3', /Unsupported AWS 'algorithm': 'AWS3'/],
      ['X-Amz-Credential', undefined, /must include 'X-Amz-Credential'/],
      ['X-Amz-Credential', 'AKIA/20261124', /exactly 5 slash-delimited elements/],
      ['X-Amz-Date', undefined, /must include 'X-Amz-Date'/],
      ['X-Amz-SignedHeaders', undefined, /must include 'X-Amz-SignedHeaders'/],
      ['X-Amz-SignedHeaders', 'date', /'Host' or ':authority' must be a 'SignedHeader'/],
      ['X-Amz-Expires', '604801', /a number of seconds from 1 to 604800/],
      ['X-Amz-Expires', 'soon', /a number of seconds from 1 to 604800/],
    ] as const) {
      const other = await withQuery(request.clone(), (query) =>
        value === undefined ? query.delete(name) : query.set(name, value),
      );
      const answer = await failure(await local.fetch(other));
      expect(answer.status).toBe(403);
      expect(answer.message).toMatch(message);
    }
  });

  it('leaves no signature and no token in the log', async () => {
    const local = createLocalBedrock({ credentials: SESSION });
    const request = await presigned(local, { path: '/foundation-models', credentials: SESSION });
    const signature = new URL(request.url).searchParams.get('X-Amz-Signature') ?? '';
    expect(signature).toMatch(/^[0-9a-f]{64}$/);
    await local.fetch(request);
    const [entry] = local.requests;
    expect(entry?.path).toContain('X-Amz-Signature=…');
    expect(JSON.stringify(entry)).not.toMatch(new RegExp(`${signature}|${SESSION.sessionToken}`));
  });
});
