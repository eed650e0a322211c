import { readFileSync } from 'node:fs';
import { createLocalBedrock, type LocalBedrock } from 'bedrock-anywhere/local';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { passUntil, stopClock } from '../../clock.js';
import { framesOf, split } from '../events.js';
import { failure, modelPath, type Sketch, say, send } from '../request.js';

afterEach(() => void vi.useRealTimers());

function withFault(local: LocalBedrock, fault: string, sketch: Sketch = {}): Promise<Response> {
  return send(local, { ...sketch, headers: { 'x-local-fault': fault, ...sketch.headers } });
}

async function bytesOf(response: Response): Promise<Uint8Array> {
  return new Uint8Array(await response.arrayBuffer());
}

describe('throttle', () => {
  it('refuses the first requests of a call, lets the next through, and begins again with the next call', async () => {
    const local = createLocalBedrock();
    const statuses = [];
    for (let i = 0; i < 6; i++) statuses.push((await withFault(local, 'throttle=2')).status);
    expect(statuses).toEqual([429, 429, 200, 429, 429, 200]);
  });

  it('counts calls apart by model, body, value and invocation', async () => {
    const local = createLocalBedrock();
    const calls: [string, Sketch][] = [
      ['throttle=1', {}],
      ['throttle=1', { body: say('Other') }],
      ['throttle=1', { path: modelPath('converse-stream', 'amazon.nova-pro-v1:0'), body: say('Hello') }],
      ['throttle=2', {}],
      ['throttle=1', { headers: { 'amz-sdk-invocation-id': 'a' } }],
    ];
    for (const [fault, sketch] of calls) expect((await withFault(local, fault, sketch)).status).toBe(429);
  });

  it('has the words of AWS, and retry-after where that is asked for', async () => {
    const local = createLocalBedrock();
    const response = await withFault(local, 'throttle=1,retry-after=7');
    expect(response.headers.get('retry-after')).toBe('7');
    expect(await failure(response)).toEqual({
      status: 429,
      name: 'ThrottlingException',
      message: 'Too many requests, please wait before trying again.',
    });
  });
});

describe('status', () => {
  it('answers with an error of AWS’s shape, of the name that goes with it or a given one', async () => {
    const local = createLocalBedrock();
    const answers = [];
    for (const fault of [
      'status=503',
      'status=502',
      'status=418',
      'status=400:ServiceQuotaExceededException',
    ]) {
      const { status, name } = await failure(await withFault(local, fault));
      answers.push(`${status} ${name}`);
    }
    expect(answers).toEqual([
      '503 ServiceUnavailableException',
      '502 InternalFailure',
      '418 ValidationException',
      '400 ServiceQuotaExceededException',
    ]);
  });

  it('comes behind the signature: who may not ask does not get that far', async () => {
    const local = createLocalBedrock();
    const credentials = { ...local.credentials, secretAccessKey: 'wrong' };
    expect((await withFault(local, 'status=503', { credentials })).status).toBe(403);
  });
});

describe('something in between', () => {
  it('html is the page of a proxy, even for who may not ask', async () => {
    const local = createLocalBedrock();
    const credentials = { ...local.credentials, secretAccessKey: 'wrong' };
    const response = await withFault(local, 'html', { credentials });
    expect(response.status).toBe(502);
    expect(response.headers.get('content-type')).toBe('text/html');
    expect(response.headers.get('x-amzn-requestid')).toBeNull();
    expect(await response.text()).toMatch(/^<!doctype html>.*502 Bad Gateway/);
  });

  it('redirect points elsewhere, or where it is told to', async () => {
    const local = createLocalBedrock();
    expect((await withFault(local, 'redirect')).status).toBe(307);
    const response = await withFault(local, 'redirect=https://example.com/a?b=c');
    expect(response.headers.get('location')).toBe('https://example.com/a?b=c');
  });

  it('not-eventstream is a success that is none', async () => {
    const local = createLocalBedrock();
    for (const [fault, type] of [
      ['not-eventstream', 'application/json'],
      ['not-eventstream=html', 'text/html'],
    ] as const) {
      const response = await withFault(local, fault);
      expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
    }
  });
});

describe('the stream', () => {
  it('is left as it is up to the event that a fault names', async () => {
    const local = createLocalBedrock({ now: () => Date.parse('2026-11-24T00:00:00Z') });
    const date = new Date('2026-11-24T00:00:00Z');
    const whole = split(await bytesOf(await send(local, { date })));
    for (const [fault, type, name] of [
      ['exception=modelTimeoutException@3', ':exception-type', 'modelTimeoutException'],
      ['error-frame=InternalFailure@3', ':error-code', 'InternalFailure'],
    ] as const) {
      const frames = split(await bytesOf(await withFault(local, fault, { date })));
      expect(frames.slice(0, 3)).toEqual(whole.slice(0, 3));
      const [, , , last] = await framesOf(await withFault(local, fault, { date }));
      expect(last?.headers[type]).toBe(name);
      expect(frames.length).toBe(4);
    }
  });

  it('without @ fails before its first event; behind its end the fault does not happen', async () => {
    const local = createLocalBedrock();
    const [first] = await framesOf(await withFault(local, 'exception=throttlingException'));
    expect(first?.headers[':message-type']).toBe('exception');
    const all = await framesOf(await withFault(local, 'exception=throttlingException@9999'));
    expect(all.at(-1)?.headers[':event-type']).toBe('metadata');
  });

  it('flip turns one bit of that byte', async () => {
    const local = createLocalBedrock({ now: () => Date.parse('2026-11-24T00:00:00Z') });
    const date = new Date('2026-11-24T00:00:00Z');
    const whole = await bytesOf(await send(local, { date }));
    const damaged = await bytesOf(await withFault(local, 'flip=500', { date }));
    const differing = [...whole.keys()].filter((i) => whole[i] !== damaged[i]);
    expect(differing).toEqual([500]);
    expect(((whole[500] ?? 0) ^ (damaged[500] ?? 0)).toString(2).replaceAll('0', '')).toBe('1');
  });

  it('truncate=0 is a body of no bytes; a body that is shorter anyway is left alone', async () => {
    const local = createLocalBedrock();
    expect((await bytesOf(await withFault(local, 'truncate=0'))).length).toBe(0);
    const frames = await framesOf(await withFault(local, 'truncate=999999'));
    expect(frames.at(-1)?.headers[':event-type']).toBe('metadata');
  });

  it('stall lets so many events through and then nothing, until the reader leaves', async () => {
    const local = createLocalBedrock();
    const reader = (await withFault(local, 'stall=3')).body?.getReader();
    for (let i = 0; i < 3; i++) expect((await reader?.read())?.done).toBe(false);
    const next = reader?.read();
    const another = send(local).then(bytesOf);
    expect(await Promise.race([next, another.then(() => 'another answer is through')])).toBe(
      'another answer is through',
    );
    await reader?.cancel();
    expect((await next)?.done).toBe(true);
    expect(local.liveConnections()).toBe(0);
  });

  it('delay waits before every event', async () => {
    const local = createLocalBedrock({ script: [{ text: 'one' }] });
    stopClock();
    const frames = withFault(local, 'delay=20').then(framesOf);
    const ms = await passUntil(frames);
    expect(ms).toBe((await frames).length * 20);
  });

  it('can have several faults at once', async () => {
    const local = createLocalBedrock();
    const fault = 'throttle=1, flip=20, truncate=40';
    expect((await withFault(local, fault)).status).toBe(429);
    expect((await bytesOf(await withFault(local, fault))).length).toBe(40);
  });
});

describe('faults of the options', () => {
  it('fall to the requests in turn, until there are no more', async () => {
    const local = createLocalBedrock({ faults: ['status=503', '', 'throttle=2', 'truncate=9'] });
    const seen = [];
    for (let i = 0; i < 7; i++) {
      const response = await send(local);
      seen.push(response.status === 200 ? Math.min(99, (await bytesOf(response)).length) : response.status);
    }
    expect(seen).toEqual([503, 99, 429, 429, 9, 99, 99]);
  });

  it('what stands beside a throttle falls to the request that passes', async () => {
    const local = createLocalBedrock({ faults: ['throttle=1,retry-after=1,truncate=9'] });
    expect((await send(local)).headers.get('retry-after')).toBe('1');
    expect((await bytesOf(await send(local))).length).toBe(9);
    expect((await bytesOf(await send(local))).length).toBeGreaterThan(9);
  });

  it('wait while a header asks for another', async () => {
    const local = createLocalBedrock({ faults: ['status=503'] });
    expect((await withFault(local, 'status=500')).status).toBe(500);
    expect((await send(local)).status).toBe(503);
  });
});

describe('a fault that does not exist', () => {
  it('is refused with the names of those that do, in a header as in the options', async () => {
    const local = createLocalBedrock();
    for (const fault of [
      'explode',
      'throttle',
      'throttle=x',
      'status=200',
      'exception=',
      'html=1',
      'toString',
    ]) {
      const { status, name, message } = await failure(await withFault(local, fault));
      expect({ fault, status, name }).toEqual({ fault, status: 400, name: 'ValidationException' });
      expect(message).toMatch(/There is no fault ".*"\. The faults are: throttle=2, .*|must be written like/);
      expect(() => createLocalBedrock({ faults: [fault] })).toThrow(
        expect.objectContaining({ code: 'ERR_INPUT' }),
      );
    }
  });

  it('are listed in docs/local.md, and no others', async () => {
    const { message } = await failure(await withFault(createLocalBedrock(), 'explode'));
    const [, forms = ''] = /The faults are: (.*)\.$/.exec(message) ?? [];
    const names = forms.split(', ').map((form) => form.replace(/[= ].*/, ''));
    const page = readFileSync('docs/local.md', 'utf8')
      .split('\n## ')
      .find((part) => part.startsWith('Faults'));
    const listed = [...(page ?? '').matchAll(/^\| `([\w-]+)/gm)].map(([, name]) => name);
    expect(listed).toEqual(names);
  });
});
