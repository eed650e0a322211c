const image = { format: 'png', source: { bytes: new Uint8Array([137, 80, 78, 71]) } };
const named = { toolUseId: 'tooluse_1', name: 'look_up' };

/** A request with every member that Converse has, in ways that the local Bedrock takes. */
export const valid = (): Record<string, unknown> => ({
  modelId: 'amazon.nova-lite-v1:0',
  messages: [
    {
      role: 'user',
      content: [
        { text: 'Hi' },
        { image },
        { document: { format: 'txt', name: 'a', source: { content: [{ text: 'a' }] } } },
        { guardContent: { text: { text: 'a', qualifiers: ['query'] } } },
        { cachePoint: { type: 'default' } },
      ],
    },
    { role: 'assistant', content: [{ toolUse: { ...named, input: { id: 1 } } }] },
    {
      role: 'user',
      content: [
        {
          toolResult: {
            toolUseId: named.toolUseId,
            content: [{ text: '21' }, { json: { a: [1] } }, { image }],
            status: 'success',
          },
        },
      ],
    },
  ],
  system: [{ text: 'Be brief' }, { cachePoint: { type: 'default' } }],
  inferenceConfig: { maxTokens: 100, temperature: 0.5, topP: 0.9, stopSequences: ['END'] },
  toolConfig: {
    tools: [{ toolSpec: { name: 'look_up', description: 'a', inputSchema: { json: { type: 'object' } } } }],
    toolChoice: { auto: {} },
  },
  guardrailConfig: { guardrailIdentifier: 'localguardrail', guardrailVersion: '1', trace: 'enabled' },
  additionalModelRequestFields: { inferenceConfig: { topK: 5 } },
  additionalModelResponseFieldPaths: ['/stop_sequence'],
  promptVariables: { city: { text: 'Bern' } },
  requestMetadata: { team: 'a' },
  performanceConfig: { latency: 'standard' },
  serviceTier: { type: 'default' },
});
