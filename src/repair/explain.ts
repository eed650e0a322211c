import { shorten } from '../input/read.js';
import type { Conversation, Renames } from './conversation.js';

/**
 * Adds what a refusal leaves out: which model does not support tools, or which property names in which tools Claude rejects.
 * Undefined if there is nothing to add, or it has already been added.
 *
 * @param names The request's own tool names, by the names that were sent.
 */
export function explainRefusal(
  said: string,
  modelId: string,
  { toolConfig }: Conversation,
  names: Renames,
): string | undefined {
  if (/support tool use\.$/.test(said))
    return `${said} Use a model other than ${modelId}, or omit toolConfig.`;
  if (!said.includes('Property keys should match') || !said.endsWith("'")) return undefined;
  const wrong = toolConfig?.tools?.flatMap(({ toolSpec: { name = '', inputSchema } = {} }) =>
    Object.keys(Object(Object(inputSchema?.json)['properties']))
      .filter((key) => !/^[\w.-]{1,64}$/.test(key))
      .map((key) => `${JSON.stringify(key)} in ${names.get(name) ?? name}`),
  );
  return wrong?.length ? `${said}. Rename ${shorten(wrong.join(', '))}.` : undefined;
}
