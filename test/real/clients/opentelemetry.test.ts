import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf } from '../../../scripts/clients/install.mjs';
import { App } from '../app.js';
import { environmentOf, NOVA, startBedrock } from './bedrock.js';
import { Client } from './client.js';

/** What the program exports. */
interface Recorded {
  statuses: number[];
  spans: {
    name: string;
    kind: string;
    status: string;
    message?: string;
    attributes: Record<string, unknown>;
    traceId: string;
    parentId?: string;
    hasEnded: boolean;
  }[];
  metrics: {
    name: string;
    unit: string;
    points: { attributes: object; value?: number; count?: number; sum?: number; boundaries?: number[] }[];
  }[];
}

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const body = { model: NOVA, messages: [{ role: 'user', content: 'A secret.' }] };
const script = [{ text: 'One two three.' }];

describe(`${clientOf('opentelemetry').name}:`, () => {
  let client: Client;
  beforeAll(async () => {
    client = await Client.ofNode('opentelemetry');
  });
  afterAll(() => client?.[Symbol.dispose]());

  it('exports spans with parents from traceparent, and metrics with units and buckets', async () => {
    const bedrock = await startBedrock({ script });
    const recorded = await client.run<Recorded>('record', environmentOf(bedrock), {
      requests: [
        { body, headers: { traceparent: `00-${TRACE}-${PARENT}-01` } },
        { body: { ...body, stream: true } },
        { body, headers: { 'x-local-fault': 'status=503:ServiceUnavailableException' } },
        { path: '/v1/embeddings', body: { model: 'amazon.titan-embed-text-v2:0', input: 'Hi' } },
      ],
    });
    expect(recorded.statuses).toEqual([200, 200, 503, 200]);
    expect(recorded.spans.map(({ name, kind, status, hasEnded }) => [name, kind, status, hasEnded])).toEqual([
      [`chat ${NOVA}`, 'CLIENT', 'UNSET', true],
      [`chat ${NOVA}`, 'CLIENT', 'UNSET', true],
      [`chat ${NOVA}`, 'CLIENT', 'ERROR', true],
      ['embeddings amazon.titan-embed-text-v2:0', 'CLIENT', 'UNSET', true],
    ]);
    const [whole, streamed, failed] = recorded.spans;
    expect([whole?.traceId, whole?.parentId]).toEqual([TRACE, PARENT]);
    expect(streamed?.parentId).toBeUndefined();
    expect(streamed?.attributes).toMatchObject({
      'gen_ai.request.stream': true,
      'gen_ai.response.finish_reasons': ['end_turn'],
      'gen_ai.response.time_to_first_chunk': expect.any(Number),
    });
    expect(failed?.attributes).toMatchObject({ 'error.type': 'ServiceUnavailableException' });
    expect(Object.fromEntries(recorded.metrics.map(({ name, unit }) => [name, unit]))).toEqual({
      'gen_ai.client.inference.duration': 's',
      'gen_ai.client.inference.time_to_first_chunk': 's',
      'gen_ai.client.inference.operation.input_tokens': '{token}',
      'gen_ai.client.inference.operation.output_tokens': '{token}',
      'gen_ai.client.inference.usage.input_tokens': '{token}',
      'gen_ai.client.inference.usage.output_tokens': '{token}',
      'gen_ai.client.embeddings.duration': 's',
      'gen_ai.client.embeddings.operation.input_tokens': '{token}',
    });
    const pointsOf = (name: string) => recorded.metrics.find((metric) => metric.name === name)?.points ?? [];
    const durations = pointsOf('gen_ai.client.inference.duration');
    expect(durations.map(({ count }) => count)).toEqual([2, 1]);
    expect(durations[0]?.boundaries?.slice(0, 2)).toEqual([0.01, 0.02]);
    const input = recorded.spans
      .slice(0, 2)
      .map(({ attributes }) => attributes['gen_ai.usage.input_tokens'] as number);
    expect(pointsOf('gen_ai.client.inference.usage.input_tokens')).toMatchObject([
      { value: input[0] === undefined ? undefined : input[0] + (input[1] ?? 0) },
    ]);
    expect(JSON.stringify(recorded)).not.toMatch(/secret|three/);
  });

  it('ends the span of a client that leaves, without an error', async () => {
    const bedrock = await startBedrock({ script });
    const { spans } = await client.run<Recorded>('record', environmentOf(bedrock), {
      requests: [{ body: { ...body, stream: true } }],
      leaveAfterFirstChunk: true,
    });
    expect(spans).toMatchObject([
      { status: 'UNSET', hasEnded: true, attributes: { 'bedrock_anywhere.outcome': 'client-gone' } },
    ]);
  });

  it('fits the types of the option telemetry, which tell a meter from a tracer', () => {
    const examples = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => code);
    const right = examples.find((code) => code.includes('@opentelemetry/api')) ?? '';
    const wrong = right.replace('tracer: trace.getTracer', 'tracer: metrics.getMeter');
    expect(wrong).not.toBe(right);
    expect(complaintsAbout({ 'right.ts': right, 'wrong.ts': wrong })).toEqual([
      expect.stringMatching(/^wrong.ts: .*startSpan/s),
    ]);
  });
});

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const page = readFileSync(join(ROOT, 'docs/gateway.md'), 'utf8');

/** What TypeScript says about programs that use our sources and the packages of OpenTelemetry. */
function complaintsAbout(programs: Record<string, string>): string[] {
  using app = new App(clientOf('opentelemetry').folder);
  const names = Object.entries(programs).map(([name, code]) => {
    app.write(name, code);
    return join(app.folder, name);
  });
  const program = ts.createProgram(names, {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.esnext.disposable.d.ts'],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    noEmit: true,
    paths: {
      'bedrock-anywhere': [join(ROOT, 'src/index.ts')],
      'bedrock-anywhere/gateway': [join(ROOT, 'src/gateway/index.ts')],
      '#ambient': [join(ROOT, 'src/ambient/none.ts')],
    },
  });
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, '\n');
    return `${basename(file?.fileName ?? '')}: ${text}`;
  });
}
