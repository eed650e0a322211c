/** A tool that the model may call, and what runs when it does. */

/** @type {import('bedrock-anywhere').Tool} */
export const weatherTool = {
  toolSpec: {
    name: 'get_weather',
    description: 'The weather in a city right now.',
    inputSchema: {
      json: {
        type: 'object',
        properties: { city: { type: 'string', description: 'Name of the city' } },
        required: ['city'],
      },
    },
  },
};

/**
 * Runs one tool use. This weather is made up from the city's name, so that the example needs no network.
 *
 * @param {import('bedrock-anywhere').ToolUse} toolUse
 * @returns {import('bedrock-anywhere').ContentBlock}
 */
export function answerTool({ toolUseId, input, inputError }) {
  if (inputError !== undefined) {
    return {
      toolResult: {
        toolUseId,
        status: 'error',
        content: [{ text: `The input cannot be read: ${inputError}` }],
      },
    };
  }
  const { city: given } = input;
  const city = typeof given === 'string' ? given : 'somewhere';
  const seed = [...city].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  const json = { city, temperatureCelsius: (seed % 30) - 4, sky: seed % 2 === 0 ? 'clear' : 'rain' };
  return { toolResult: { toolUseId, content: [{ json }] } };
}
