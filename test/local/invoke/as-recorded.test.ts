import { createLocalBedrock, type ScriptRule } from 'bedrock-anywhere/local';
import { describe, expect, it } from 'vitest';
import { type RecordedInvoke, recordedInvokes } from '../../invoke/recorded.js';
import { decode } from '../events.js';
import { modelPath, send } from '../request.js';
import { namesOf, shapeOf } from './shape.js';

type Json = Record<string, unknown>;

/** Recordings that no answer of today looks like, and why. */
const OUTDATED: Record<string, string> = {
  'datadog-ai21-invoke-0-768e869a.invoke.json': 'Jurassic-2 is gone',
  'datadog-anthropic-invoke-0-3a15982c.invoke.json': 'Claude Instant of 2023 had no type',
  'datadog-anthropic-invoke-stream-0-8f33d75a.invoke-with-response-stream.stream':
    'Claude Instant of 2023 had no type',
  'arize-ai-should-handle-missing-token-counts-gracefully-0-8596b481.invoke.json':
    'its usage was cut out by hand',
  'datadog-cohere-invoke-stream-multi-output-0-78199c41.invoke-with-response-stream.stream':
    'the local Bedrock streams one generation',
  'datadog-amazon-invoke-stream-0-9c7443aa.invoke-with-response-stream.stream':
    'it came in one chunk, and the local Bedrock cuts every answer into several',
};

function recorded(ending: string): [string, RecordedInvoke][] {
  return recordedInvokes(ending)
    .filter(({ name }) => OUTDATED[name] === undefined)
    .map((one) => [one.name, one]);
}

/** A local Bedrock that has the model, and says what the recorded one said. */
function replay({ modelId, request }: RecordedInvoke, rule: ScriptRule) {
  const id = modelId.replace(/^arn:.*foundation-model\/|^us\./g, '');
  const isEmbedding = id.includes('embed');
  const models = [
    {
      modelId: id,
      outputModalities: [isEmbedding ? 'EMBEDDING' : 'TEXT'],
      inputModalities: ['TEXT', 'IMAGE'],
      responseStreamingSupported: !isEmbedding,
    },
  ];
  const profiles = [{ inferenceProfileId: `us.${id}`, models: [{ modelArn: `x/foundation-model/${id}` }] }];
  const local = createLocalBedrock({ models, profiles: profiles as never, script: [rule] });
  return (operation: string) => send(local, { path: modelPath(operation, modelId), body: request });
}

const REASONS: Record<string, string> = {
  ...{ LENGTH: 'max_tokens', length: 'max_tokens', MAX_TOKENS: 'max_tokens', max_tokens: 'max_tokens' },
  ...{ tool_use: 'tool_use', tool_calls: 'tool_use' },
};

/** The rule for an answer that was recorded. */
function ruleFor(answer: Json): ScriptRule {
  const message = (answer['output'] as { message?: Json } | undefined)?.message;
  const blocks = (message?.['content'] ?? answer['content']) as Json[] | undefined;
  const [first] = (answer['results'] ??
    answer['outputs'] ??
    answer['generations'] ??
    answer['choices'] ??
    []) as Json[];
  const said =
    first?.['outputText'] ?? first?.['text'] ?? (first?.['message'] as Json | undefined)?.['content'];
  const text =
    blocks?.map((block) => block['text'] ?? '').join('') ??
    said ??
    answer['generation'] ??
    answer['completion'];
  const uses = (blocks ?? [])
    .map((block) => block['toolUse'] ?? block)
    .filter((block) => 'input' in (block as Json)) as {
    name: string;
    input: unknown;
  }[];
  const reason = first?.['completionReason'] ?? first?.['finish_reason'] ?? first?.['stop_reason'];
  const stopReason = REASONS[String(answer['stop_reason'] ?? answer['stopReason'] ?? reason)] ?? 'end_turn';
  return {
    text: String(text),
    stopReason,
    ...(uses.length > 0 && { toolUse: uses.map(({ name, input }) => ({ name, input })) }),
  };
}

describe('an answer of InvokeModel', () => {
  it.each(recorded('invoke.json.json'))('has the members of %s', async (_name, one) => {
    const answer = JSON.parse(new TextDecoder().decode(one.body)) as Json;
    const response = await replay(one, ruleFor(answer))('invoke');
    expect(response.status).toBe(200);
    expect(shapeOf(await response.json())).toBe(shapeOf(answer));
    const counts = (headers: Iterable<string>) =>
      [...headers].filter((name) => name.startsWith('x-amzn-bedrock')).sort();
    expect(counts(response.headers.keys())).toEqual(counts(Object.keys(one.headers)));
  });
});

function chunksOf(bytes: Uint8Array): Json[] {
  return decode(bytes).map(({ headers, body }) => {
    expect(headers).toEqual({
      ':event-type': 'chunk',
      ':content-type': 'application/json',
      ':message-type': 'event',
    });
    return JSON.parse(Buffer.from(String(body?.['bytes']), 'base64').toString()) as Json;
  });
}

/** The rule for a stream that was recorded, whatever its form: its words, its tools, and why it ended. */
function ruleForChunks(chunks: Json[]): ScriptRule {
  const written = JSON.stringify(chunks);
  const texts = [
    ...written.matchAll(/"(?:text|outputText|generation|completion|content)":("(?:[^"\\]|\\.)*")/g),
  ];
  const [, reason = ''] =
    /"(?:stop_reason|stopReason|completionReason|finish_reason)":"(\w+)"/.exec(written) ?? [];
  const tools = [...written.matchAll(/"type":"tool_use","id":"\w+","name":"(\w+)"/g)];
  return {
    text: texts.map(([, text]) => JSON.parse(text ?? '""') as string).join(''),
    stopReason: REASONS[reason] ?? 'end_turn',
    ...(tools.length > 0 && { toolUse: tools.map(([, name = '']) => ({ name, input: { city: 'Lisbon' } })) }),
  };
}

describe('a stream of InvokeModelWithResponseStream', () => {
  it.each(recorded('invoke-with-response-stream.stream.bin'))('has the chunks of %s', async (_name, one) => {
    const theirs = chunksOf(one.body);
    const response = await replay(one, ruleForChunks(theirs))('invoke-with-response-stream');
    expect(response.status).toBe(200);
    const wanted = Object.keys(one.headers).filter((name) => !/^date$|requestid/.test(name));
    for (const name of wanted) expect(response.headers.get(name)).toBe(one.headers[name]);
    const ours = chunksOf(new Uint8Array(await response.arrayBuffer()));
    expect(shapeOf(ours[0])).toBe(shapeOf(theirs[0]));
    expect(shapeOf(ours.at(-1))).toBe(shapeOf(theirs.at(-1)));
    const shapes = ours.map(shapeOf);
    for (const chunk of theirs) expect(shapes).toContain(shapeOf(chunk));
    const names = theirs.map(namesOf);
    for (const chunk of ours) expect(names).toContain(namesOf(chunk));
  });
});

describe('a refusal of InvokeModel', () => {
  it.each([
    ...recordedInvokes('invoke.error.json').map((one) => [one.name, 'invoke', one] as const),
    ...recordedInvokes('invoke-with-response-stream.error.json').map(
      (one) => [one.name, 'invoke-with-response-stream', one] as const,
    ),
  ])('is that of %s', async (_name, operation, one) => {
    const { modelId, request, headers, body, status } = one;
    const model = { modelId: modelId.replace(/^us\./, ''), responseStreamingSupported: true };
    const isKnown = !modelId.startsWith('invalid-');
    const expired = {
      accessKeyId: 'ASIAEXPIRED000000000',
      secretAccessKey: 'c2VjcmV0',
      expiration: new Date(0),
    };
    const local = createLocalBedrock({
      models: isKnown ? [model] : [],
      profiles: [],
      noAccess: [model.modelId],
      credentials: expired,
    });
    const isExpired = headers['x-amzn-errortype']?.startsWith('Expired') === true;
    const response = await send(local, {
      path: modelPath(operation, isKnown ? model.modelId : modelId),
      body: request,
      ...(isExpired && { credentials: expired }),
    });
    expect(response.status).toBe(status);
    expect(response.headers.get('x-amzn-errortype')).toBe(headers['x-amzn-errortype']);
    expect(await response.json()).toEqual(JSON.parse(new TextDecoder().decode(body)));
  });
});
