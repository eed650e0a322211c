// A Cloudflare Worker that streams the answer of a model.
import { streamText } from 'ai';
import { createAmazonBedrock } from 'bedrock-anywhere/ai-sdk';

export default {
  async fetch(request, { endpoint, region, apiKey }) {
    const bedrock = createAmazonBedrock({ region, apiKey, baseURL: endpoint });
    const { prompt } = await request.json();
    const model = bedrock('us.amazon.nova-lite-v1:0');
    return streamText({ model, prompt, abortSignal: request.signal }).toTextStreamResponse();
  },
};
