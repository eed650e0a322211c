import { afterEach, describe, expect, it, vi } from 'vitest';
import { createBedrock } from '../../src/index.js';
import { until } from '../clock.js';
import { type Answer, awsError, startServer, type TestServer } from './server.js';

const request = {
  modelId: 'arn:aws:bedrock:us-east-1::foundation-model/m:0',
  messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }],
};

let server: TestServer;
afterEach(() => server.close());

async function bedrockThatAnswers(...answers: Answer[]) {
  server = await startServer(...answers);
  return createBedrock({
    endpoint: `${server.url}/base/`,
    region: 'us-east-1',
    credentials: { token: 'key' },
  });
}

const json =
  (body: unknown): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'x-amzn-requestid': 'request-1' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

describe('converse()', () => {
  it('is not misled by members of the answer that have the names of parts of its message', async () => {
    const output = { message: { role: 'assistant', content: [{ text: 'Hi' }] } };
    const more = { content: 7, message: 'x', text: 'y', toolUses: 1, repairs: 1, warnings: 1, modelId: 'z' };
    const bedrock = await bedrockThatAnswers(json({ ...more, output, stopReason: 'end_turn' }));
    expect(await bedrock.converse(request)).toMatchObject({
      text: 'Hi',
      message: output.message,
      toolUses: [],
      repairs: [],
      warnings: [],
      modelId: request.modelId,
    });
  });

  it('gives the answer with bytes as bytes and the tools that the model asks for', async () => {
    const content = [
      { reasoningContent: { redactedContent: 'AQID' } },
      { toolUse: { toolUseId: 's', name: 'search', input: {}, type: 'server_tool_use' } },
      { image: { format: 'png', source: { bytes: 'BAU=' } } },
      { toolUse: { toolUseId: 't', name: 'weather', input: { city: 'Bern', bytes: 'AQID' } } },
    ];
    const usage = {
      inputTokens: 1,
      outputTokens: 2,
      totalTokens: 3,
      cacheDetails: [{ ttl: '1h', inputTokens: 9 }],
    };
    const bedrock = await bedrockThatAnswers(
      json({
        output: { message: { role: 'assistant', content } },
        stopReason: 'tool_use',
        usage,
        metrics: { latencyMs: 5 },
      }),
    );
    const result = await bedrock.converse(request);
    expect(result.message.content?.[0]).toEqual({
      reasoningContent: { redactedContent: new Uint8Array([1, 2, 3]) },
    });
    expect(result.message.content?.[2]).toEqual({
      image: { format: 'png', source: { bytes: new Uint8Array([4, 5]) } },
    });
    expect(result.toolUses).toEqual([
      { toolUseId: 't', name: 'weather', input: { city: 'Bern', bytes: 'AQID' } },
    ]);
    expect(result).toMatchObject({
      stopReason: 'tool_use',
      usage,
      metrics: { latencyMs: 5 },
      requestId: 'request-1',
    });
  });

  it('sends an ARN as one segment behind the path of the endpoint', async () => {
    const bedrock = await bedrockThatAnswers(
      json({ output: { message: { role: 'assistant', content: [] } }, stopReason: 'end_turn' }),
    );
    await bedrock.converse(request);
    expect(server.requests[0]?.path).toBe(
      '/base/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A%3Afoundation-model%2Fm%3A0/converse',
    );
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({ messages: request.messages });
  });

  it('is made again after a transient failure', async () => {
    const good = json({
      output: { message: { role: 'assistant', content: [{ text: 'Hi' }] } },
      stopReason: 'end_turn',
    });
    const bedrock = await bedrockThatAnswers(awsError(503, 'ServiceUnavailableException', 'busy'), good);
    expect((await bedrock.converse(request)).stopReason).toBe('end_turn');
    expect(server.requests).toHaveLength(2);
  });

  it('counts its attempts in the error', async () => {
    const bedrock = await bedrockThatAnswers(awsError(500, 'InternalServerException', 'no'));
    await expect(bedrock.converse(request)).rejects.toMatchObject({ code: 'ERR_SERVICE', attempts: 3 });
  });

  it.each(['<html>', '[1]x', 'null', '{}'])('refuses an answer that is none: %s', async (body) => {
    const bedrock = await bedrockThatAnswers(json(body));
    await expect(bedrock.converse(request)).rejects.toMatchObject({ code: 'ERR_PROTOCOL' });
  });

  it('rejects with the reason of an abort and closes the connection', async () => {
    const bedrock = await bedrockThatAnswers(() => {});
    const controller = new AbortController();
    const answer = bedrock.converse(request, { signal: controller.signal });
    await until(() => server.requests.length === 1);
    controller.abort('gone');
    await expect(answer).rejects.toBe('gone');
    await server.clientGone;
  });
});

describe('countTokens()', () => {
  it('counts a Converse request by what of it becomes input', async () => {
    const bedrock = await bedrockThatAnswers(json({ inputTokens: 7 }));
    const whole = { ...request, system: [{ text: 'Be brief.' }], inferenceConfig: { maxTokens: 5 } };
    expect(await bedrock.countTokens(whole)).toBe(7);
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({
      input: { converse: { messages: request.messages, system: [{ text: 'Be brief.' }] } },
    });
  });

  it("takes AWS's own input, bytes as base64", async () => {
    const bedrock = await bedrockThatAnswers(json({ inputTokens: 7 }));
    await bedrock.countTokens({ modelId: 'm', input: { invokeModel: { body: new Uint8Array([1, 2, 3]) } } });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({ input: { invokeModel: { body: 'AQID' } } });
  });

  it('asks for nothing, not even credentials, where its signal is aborted already', async () => {
    const bedrock = await bedrockThatAnswers(json({ inputTokens: 7 }));
    const credentials = vi.fn(async () => ({ token: 'key' }));
    const options = { credentials, signal: AbortSignal.abort('before') };
    await expect(bedrock.countTokens(request, options)).rejects.toBe('before');
    expect(credentials).not.toHaveBeenCalled();
  });

  it('refuses an answer without a count', async () => {
    const bedrock = await bedrockThatAnswers(json({}));
    await expect(bedrock.countTokens(request)).rejects.toMatchObject({ code: 'ERR_PROTOCOL' });
  });
});
