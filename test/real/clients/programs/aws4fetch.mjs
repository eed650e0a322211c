import { AwsClient } from 'aws4fetch';
import { serve } from './serve.mjs';

/** It knows neither the variables of AWS nor the endpoints of Bedrock. */
const clientOf = () =>
  new AwsClient({
    accessKeyId: process.env.AWS_ACCESS_KEY_ID,
    secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY,
    region: process.env.AWS_REGION,
    service: 'bedrock',
  });

async function send(path, init) {
  const response = await clientOf().fetch(process.env.AWS_ENDPOINT_URL + path, init);
  if (!response.ok) throw new Error(`${response.headers.get('x-amzn-errortype')} ${await response.text()}`);
  return response.json();
}

const requestOf = ({ model, prompt }, more = {}) => [
  `/model/${encodeURIComponent(model)}/converse`,
  {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ messages: [{ role: 'user', content: [{ text: prompt }] }] }),
    ...more,
  },
];

const answered = ({ output, usage, stopReason }) => ({
  text: output.message.content[0].text,
  usage: { input: usage.inputTokens, output: usage.outputTokens },
  stopReason,
});

await serve({
  answer: async (input) => answered(await send(...requestOf(input))),
  presigned: async (input) => answered(await send(...requestOf(input, { aws: { signQuery: true } }))),
});
