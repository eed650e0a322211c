import { BedrockRuntimeClient, InvokeModelWithResponseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { expect, it } from 'vitest';
import { BedrockError, invokeModel, invokeModelStream } from '../../src/index.js';
import { describeFixtures } from '../fixtures.js';
import { answering, type RecordedInvoke, recordedInvokes } from './recorded.js';

const OPTIONS = { region: 'us-east-1', credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'key' } };
const utf8 = new TextDecoder();

/** The payloads as AWS's client reads them. */
async function readWithAwsClient({ headers, body }: RecordedInvoke): Promise<string[]> {
  const requestHandler = {
    handle: async () => ({
      response: { statusCode: 200, headers, body: new Blob([body]).stream() as unknown },
    }),
  };
  const client = new BedrockRuntimeClient({ ...OPTIONS, requestHandler } as never);
  const { body: events } = await client.send(
    new InvokeModelWithResponseStreamCommand({ modelId: 'm', body: '{}' }),
  );
  const texts: string[] = [];
  for await (const { chunk } of events ?? []) texts.push(utf8.decode(chunk?.bytes));
  return texts;
}

const streamOf = (recorded: RecordedInvoke, ...chunks: Uint8Array<ArrayBuffer>[]) => {
  const { fetch } = answering(recorded, chunks);
  return invokeModelStream(
    { modelId: recorded.modelId, body: recorded.request },
    { ...OPTIONS, fetch, maxAttempts: 1 },
  );
};

describeFixtures('recorded', 'recorded streams of InvokeModel', () => {
  const streams = recordedInvokes('invoke-with-response-stream.stream.bin');

  it.each(streams.map((one) => [one.name, one] as const))(
    '%s is read as by the AWS client',
    async (_name, recorded) => {
      const { chunks, usage, latencyMs, firstByteLatencyMs, requestId, warnings } = await streamOf(
        recorded,
        recorded.body,
      ).result();
      expect(chunks.map(({ bytes }) => utf8.decode(bytes))).toEqual(await readWithAwsClient(recorded));
      for (const { bytes, json } of chunks) expect(json).toEqual(JSON.parse(utf8.decode(bytes)));
      const metrics = chunks.at(-1)?.json?.['amazon-bedrock-invocationMetrics'] as Record<string, number>;
      expect(usage).toMatchObject({
        inputTokens: metrics['inputTokenCount'],
        outputTokens: metrics['outputTokenCount'],
      });
      expect([latencyMs, firstByteLatencyMs]).toEqual([
        metrics['invocationLatency'],
        metrics['firstByteLatency'],
      ]);
      expect(requestId).toBe(recorded.headers['x-amzn-requestid']);
      expect(warnings).toEqual([]);
    },
  );

  it.each(streams.map((one) => [one.name, one] as const))(
    '%s is an error wherever it is truncated',
    async (_name, recorded) => {
      const { body } = recorded;
      const whole = await streamOf(recorded, body).result();
      const texts = whole.chunks.map(({ bytes }) => utf8.decode(bytes));
      // Up to the last frame in steps that meet every place within a frame, then at every byte.
      const step = Math.max(1, Math.floor(body.length / 400) | 1);
      let mayEndEarly = 0;
      for (let end = 0; end < body.length; end += body.length - end > 400 ? step : 1) {
        const stream = streamOf(recorded, body.slice(0, end));
        const error = await stream.result().catch((thrown: unknown) => thrown);
        if (!(error instanceof BedrockError)) {
          // Nova and Jamba say that the answer has ended in a frame of its own, before the one with the counts.
          expect(error).toMatchObject({ usage: undefined });
          mayEndEarly += 1;
          continue;
        }
        expect(error.code).toBe('ERR_TRUNCATED');
        const got = error.chunks?.map(({ bytes }) => utf8.decode(bytes)) ?? [];
        expect(got).toEqual(texts.slice(0, got.length));
      }
      expect(mayEndEarly).toBeLessThanOrEqual(1);
    },
  );

  it.each(streams.slice(0, 6).map((one) => [one.name, one] as const))(
    '%s is an error with any bit flipped, and the same in chunks of any size',
    async (_name, recorded) => {
      const { body } = recorded;
      const step = Math.max(1, Math.floor(body.length / 150) | 1);
      for (let at = 0; at < body.length; at += step) {
        const flipped = body.slice();
        flipped[at] = (flipped[at] as number) ^ (1 << (at % 8));
        const error: unknown = await streamOf(recorded, flipped)
          .result()
          .catch((thrown: unknown) => thrown);
        expect((error as BedrockError).code, `byte ${at}`).toMatch(/^ERR_(?:PROTOCOL|TRUNCATED)$/);
      }
      const whole = await streamOf(recorded, body).result();
      for (const size of [1, 7, 100, 4096]) {
        const pieces = Array.from({ length: Math.ceil(body.length / size) }, (_, i) =>
          body.slice(i * size, (i + 1) * size),
        );
        expect((await streamOf(recorded, ...pieces).result()).chunks).toEqual(whole.chunks);
      }
    },
  );
});

describeFixtures('recorded', 'recorded answers of InvokeModel', () => {
  it.each(recordedInvokes('invoke.json.json').map((one) => [one.name, one] as const))(
    '%s is returned as it came, with its counts',
    async (_name, recorded) => {
      const { fetch, requests } = answering(recorded, [recorded.body]);
      const { modelId, request, headers } = recorded;
      const answer = await invokeModel({ modelId, body: request }, { ...OPTIONS, fetch });
      expect(answer.body).toEqual(recorded.body);
      expect(answer.json()).toEqual(JSON.parse(utf8.decode(recorded.body)));
      expect(answer.contentType).toBe(headers['content-type']);
      const count = (name: string) => headers[`x-amzn-bedrock-${name}`];
      expect(String(answer.usage?.inputTokens)).toBe(String(count('input-token-count')));
      expect(String(answer.usage?.outputTokens)).toBe(String(count('output-token-count')));
      expect(String(answer.latencyMs)).toBe(String(count('invocation-latency')));
      expect(await requests[0]?.json()).toEqual(request);
    },
  );

  it.each(recordedInvokes('invoke.error.json').map((one) => [one.name, one] as const))(
    '%s has the name, status and words of the service',
    async (_name, recorded) => {
      const { fetch } = answering(recorded, [recorded.body]);
      const { message } = JSON.parse(utf8.decode(recorded.body)) as { message: string };
      const error: unknown = await invokeModel(
        { modelId: recorded.modelId || 'm', body: recorded.request },
        { ...OPTIONS, fetch, maxAttempts: 1 },
      ).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ status: recorded.status, attempts: 1 });
      expect((error as Error).message).toContain(message);
      expect(recorded.headers['x-amzn-errortype']).toContain((error as Error).name);
    },
  );
});
