import { ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import { decodeBytes } from '../../src/wire/events.js';
import { awsClient } from './aws-client.js';
import { base64, type Json } from './frames.js';
import { codeOf, thrownBy } from './reading.js';

const BYTES = base64(new Uint8Array([0, 1, 250, 255]));
const image = { format: 'png', source: { bytes: BYTES } };
const document = { format: 'pdf', name: 'a', source: { bytes: BYTES } };
const video = { format: 'mp4', source: { bytes: BYTES } };

/** Content blocks of a whole answer that hold bytes, or could and do not. */
const BLOCKS: [string, Json][] = [
  ['redacted reasoning', { reasoningContent: { redactedContent: BYTES } }],
  ['an image', { image }],
  ['a document', { document }],
  ['a video', { video }],
  ['audio', { audio: { format: 'mp3', source: { bytes: BYTES } } }],
  ['an image in a tool result', { toolResult: { toolUseId: 'a', content: [{ text: 'a' }, { image }] } }],
  ['a document in a tool result', { toolResult: { toolUseId: 'a', content: [{ document }] } }],
  ['a video in a tool result', { toolResult: { toolUseId: 'a', content: [{ video }] } }],
  ['an image elsewhere', { image: { format: 'png', source: { s3Location: { uri: 's3://a/b' } } } }],
  ['a document of text', { document: { name: 'a', source: { text: 'AAAA' } } }],
  ['a tool use', { toolUse: { toolUseId: 'a', name: 'b', input: { image: { source: { bytes: 'AAAA' } } } } }],
  ['text', { text: 'AAAA' }],
];

describe('the bytes of a whole answer', () => {
  it.each(BLOCKS)('%s: are those that the AWS client gives', async (_name, block) => {
    const answer = { output: { message: { role: 'assistant', content: [block] } }, stopReason: 'end_turn' };
    const { client } = awsClient({ chunks: [new TextEncoder().encode(JSON.stringify(answer))] });
    const { output } = await client.send(new ConverseCommand({ modelId: 'any', messages: [] }));
    const ours = structuredClone(block);
    decodeBytes(ours);
    expect(ours).toEqual(output?.message?.content?.[0]);
  });

  it('are refused where they are not base64', () => {
    const broken = { image: { format: 'png', source: { bytes: '?' } } };
    expect(codeOf(thrownBy(() => decodeBytes(broken)))).toBe('ERR_PROTOCOL');
  });
});
