/** What is asked, in Converse's own words. */

export const REGION = 'us-east-1';
export const KEYS = { accessKeyId: 'ASIABENCHBENCHBENCH', secretAccessKey: 'secret', sessionToken: 'token' };
export const TOKEN = 'bedrock-api-key-bench';

/** The tool whose input answers `tool.…` hold. */
export const TOOL = {
  name: 'save',
  description: 'Saves a file.',
  schema: {
    type: 'object',
    properties: { path: { type: 'string' }, content: { type: 'string' } },
    required: ['path', 'content'],
  },
};

/** A Converse request for a model, with an image where there is one. */
export function converseRequest({ model, image }) {
  const content = [{ text: 'Hi' }];
  if (image !== undefined) content.push({ image: { format: 'png', source: { bytes: image } } });
  const { name, description, schema } = TOOL;
  return {
    modelId: model,
    messages: [{ role: 'user', content }],
    ...(model.startsWith('tool.') && {
      toolConfig: { tools: [{ toolSpec: { name, description, inputSchema: { json: schema } } }] },
    }),
  };
}
