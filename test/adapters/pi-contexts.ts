import type {
  PiAssistantMessage,
  PiContext,
  PiMessage,
  PiTool,
  PiToolResult,
  PiUserMessage,
} from 'bedrock-anywhere/pi';

/** A red dot. */
export const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';

/** The first bytes of files, which Claude compares with the type that an image says. */
const HEADS: Readonly<Record<string, string>> = {
  'image/jpeg': '/9j/4AAQSkZJRgABAQ==',
  'image/jpg': '/9j/4AAQSkZJRgABAQ==',
  'image/gif': 'R0lGODlhAQABAAAAADs=',
  'image/webp': 'UklGRhoAAABXRUJQVlA4TA==',
};

export const image = (mimeType = 'image/png') => ({
  type: 'image' as const,
  data: HEADS[mimeType] ?? PNG,
  mimeType,
});
export const text = (words: string) => ({ type: 'text' as const, text: words });
export const user = (content: PiUserMessage['content']): PiUserMessage => ({
  role: 'user',
  content,
  timestamp: 1,
});

/** A turn of a model; of Claude Sonnet 4.5 on Bedrock unless said otherwise. */
export function assistant(
  content: PiAssistantMessage['content'],
  more: Partial<PiAssistantMessage> = {},
): PiAssistantMessage {
  return {
    role: 'assistant',
    content,
    api: 'bedrock-converse-stream',
    provider: 'amazon-bedrock',
    model: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    usage: {
      input: 1,
      output: 1,
      cacheRead: 0,
      cacheWrite: 0,
      totalTokens: 2,
      cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 },
    },
    stopReason: 'stop',
    timestamp: 2,
    ...more,
  };
}

export const call = (id: string, name = 'weather', args: Record<string, unknown> = { city: 'Bonn' }) => ({
  type: 'toolCall' as const,
  id,
  name,
  arguments: args,
});
export const thinking = (words: string, thinkingSignature?: string) => ({
  type: 'thinking' as const,
  thinking: words,
  ...(thinkingSignature !== undefined && { thinkingSignature }),
});

export function toolResult(
  toolCallId: string,
  content: PiToolResult['content'] = [text('12 degrees')],
  isError = false,
): PiToolResult {
  return { role: 'toolResult', toolCallId, toolName: 'weather', content, isError, timestamp: 3 };
}

export const weather: PiTool = {
  name: 'weather',
  description: 'The weather of a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
export const clock: PiTool = {
  name: 'clock',
  description: '',
  parameters: { type: 'object', properties: {} },
};

/** A hundred rounds of question, thought, tool and answer. */
export function longReplay(): PiMessage[] {
  return Array.from({ length: 100 }, (_, n) => [
    user(`question ${n}`),
    assistant([thinking(`thought ${n}`, `signature-${n}`), text(`look ${n}`), call(`tooluse_${n}`)], {
      stopReason: 'toolUse',
    }),
    toolResult(`tooluse_${n}`, [text(`result ${n}`)], n % 7 === 0),
    assistant([text(`answer ${n}`)]),
  ])
    .flat()
    .concat(user('the last question'));
}

/** A conversation with all that families treat in their own way. */
export const conversationOf = (model: string): PiContext => ({
  systemPrompt: 'Be brief.',
  messages: [
    user('What does the map show?'),
    assistant([thinking('I should look.', 'c2lnbmVk'), text('I look.'), call('look at:1')], {
      model,
      stopReason: 'toolUse',
    }),
    toolResult('look at:1', [text('A map'), image()]),
    user('And now?'),
  ],
  tools: [weather],
});
