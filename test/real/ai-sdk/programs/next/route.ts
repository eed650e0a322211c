import { convertToModelMessages, stepCountIs, streamText, tool, type UIMessage } from 'ai';
import { createAmazonBedrock } from 'bedrock-anywhere/ai-sdk';
import { z } from 'zod';

const bedrock = createAmazonBedrock({ maxAttempts: 1 });

const weather = tool({
  description: 'The weather of a city.',
  inputSchema: z.object({ city: z.string() }),
  execute: async ({ city }) => ({ city, sky: 'sunny' }),
});

export async function POST(request: Request): Promise<Response> {
  const { messages } = (await request.json()) as { messages: UIMessage[] };
  const result = streamText({
    model: bedrock('us.anthropic.claude-sonnet-4-5-20250929-v1:0'),
    messages: await convertToModelMessages(messages),
    tools: { weather },
    stopWhen: stepCountIs(3),
    abortSignal: request.signal,
    maxRetries: 0,
  });
  return result.toUIMessageStreamResponse({ onError: (error) => String(error) });
}
