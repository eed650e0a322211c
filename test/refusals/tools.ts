import type { Refusal } from './refusal.js';

const tools = [{ toolSpec: { name: 'look_up', inputSchema: { json: { type: 'object' } } } }];
const asked = [
  { role: 'user', content: [{ text: 'Hi' }] },
  { role: 'assistant', content: [{ toolUse: { toolUseId: 'tooluse_1', name: 'look_up', input: {} } }] },
];

export const TOOL_REFUSALS: readonly Refusal[] = [
  {
    what: 'a turn without the results of its tool uses',
    modelId: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    body: { messages: [...asked, { role: 'user', content: [{ text: 'And?' }] }], toolConfig: { tools } },
    message: 'Expected toolResult blocks at messages.2.content for the following Ids: tooluse_1',
    source: 'https://github.com/agno-agi/agno/issues/6698',
    read: '2026-11-28',
    client: 'repairs with all',
  },
  {
    what: 'a failed tool result without content',
    modelId: 'amazon.nova-pro-v1:0',
    body: {
      messages: [
        ...asked,
        {
          role: 'user',
          content: [{ toolResult: { toolUseId: 'tooluse_1', status: 'error', content: [] } }],
        },
      ],
      toolConfig: { tools },
    },
    message:
      'The content field at messages.2.content.0.toolResult cannot be empty when status value is error.',
    source: 'https://github.com/aws-samples/sample-multi-agent-orchestration-chat-on-agentcore/issues/15',
    read: '2026-11-28',
    client: 'repairs',
  },
];
