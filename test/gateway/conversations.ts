/** A conversation, and how it is written in Converse and in each protocol. These writers share nothing with the gateway. */
import type { ConverseStreamRequest } from 'bedrock-anywhere';

type Part =
  | { text: string }
  | { png: string }
  | { pdf: string; title: string }
  | { result: string; text: string };

type AnswerPart = { text: string } | { call: string; name: string; input: object };

export interface Conversation {
  system?: string;
  turns: ({ user: Part[] } | { assistant: AnswerPart[] })[];
  tools?: { name: string; description: string; schema: object }[];
  /** The tool that has to be called, or `any` of them. Default: the model decides. */
  choice?: string;
  maxTokens?: number;
  stop?: string[];
}

type Rest = Omit<ConverseStreamRequest, 'modelId'>;

export function asConverse({ system, turns, tools, choice, maxTokens, stop }: Conversation): Rest {
  const inferenceConfig = {
    ...(maxTokens !== undefined && { maxTokens }),
    ...(stop !== undefined && { stopSequences: stop }),
  };
  return {
    ...(system !== undefined && { system: [{ text: system }] }),
    messages: turns.map((turn) =>
      'user' in turn
        ? { role: 'user', content: turn.user.map(converseBlock) }
        : {
            role: 'assistant',
            content: turn.assistant.map((part) =>
              'text' in part
                ? { text: part.text }
                : { toolUse: { toolUseId: part.call, name: part.name, input: part.input as never } },
            ),
          },
    ),
    ...(tools && {
      toolConfig: {
        tools: tools.map(({ name, description, schema }) => ({
          toolSpec: { name, description, inputSchema: { json: schema as never } },
        })),
        ...(choice && { toolChoice: choice === 'any' ? { any: {} } : { tool: { name: choice } } }),
      },
    }),
    ...(Object.keys(inferenceConfig).length > 0 && { inferenceConfig }),
  };
}

function converseBlock(part: Part) {
  if ('png' in part) return { image: { format: 'png' as const, source: { bytes: part.png as never } } };
  if ('pdf' in part)
    return { document: { format: 'pdf' as const, name: part.title, source: { bytes: part.pdf as never } } };
  if ('result' in part) return { toolResult: { toolUseId: part.result, content: [{ text: part.text }] } };
  return { text: part.text };
}

export function asChat({ system, turns, tools, choice, maxTokens, stop }: Conversation): object {
  return {
    messages: [
      ...(system === undefined ? [] : [{ role: 'system', content: system }]),
      ...turns.flatMap((turn) => ('user' in turn ? chatUser(turn.user) : [chatAnswer(turn.assistant)])),
    ],
    ...(tools && {
      tools: tools.map(({ name, description, schema }) => ({
        type: 'function',
        function: { name, description, parameters: schema },
      })),
    }),
    ...(choice && {
      tool_choice: choice === 'any' ? 'required' : { type: 'function', function: { name: choice } },
    }),
    ...(maxTokens !== undefined && { max_completion_tokens: maxTokens }),
    ...(stop && { stop }),
  };
}

/** Results are messages of their own, and come first. */
function chatUser(parts: readonly Part[]): object[] {
  const results = parts.flatMap((part) =>
    'result' in part ? [{ role: 'tool', tool_call_id: part.result, content: part.text }] : [],
  );
  const content = parts.flatMap((part): object[] => {
    if ('png' in part)
      return [{ type: 'image_url', image_url: { url: `data:image/png;base64,${part.png}` } }];
    if ('pdf' in part) {
      const file_data = `data:application/pdf;base64,${part.pdf}`;
      return [{ type: 'file', file: { filename: `${part.title}.pdf`, file_data } }];
    }
    return 'result' in part ? [] : [{ type: 'text', text: part.text }];
  });
  return [...results, ...(content.length > 0 ? [{ role: 'user', content }] : [])];
}

function chatAnswer(parts: readonly AnswerPart[]): object {
  const calls = parts.flatMap((part) =>
    'call' in part
      ? [
          {
            id: part.call,
            type: 'function',
            function: { name: part.name, arguments: JSON.stringify(part.input) },
          },
        ]
      : [],
  );
  const content = parts.map((part) => ('text' in part ? part.text : '')).join('');
  return { role: 'assistant', content: content || null, ...(calls.length > 0 && { tool_calls: calls }) };
}

export function asResponses({ system, turns, tools, choice, maxTokens }: Conversation): object {
  return {
    ...(system !== undefined && { instructions: system }),
    input: turns.flatMap((turn): object[] =>
      'user' in turn
        ? responsesUser(turn.user)
        : turn.assistant.map((part) =>
            'text' in part
              ? { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: part.text }] }
              : {
                  type: 'function_call',
                  call_id: part.call,
                  name: part.name,
                  arguments: JSON.stringify(part.input),
                },
          ),
    ),
    ...(tools && {
      tools: tools.map(({ name, description, schema }) => ({
        type: 'function',
        name,
        description,
        parameters: schema,
      })),
    }),
    ...(choice && { tool_choice: choice === 'any' ? 'required' : { type: 'function', name: choice } }),
    ...(maxTokens !== undefined && { max_output_tokens: maxTokens }),
  };
}

function responsesUser(parts: readonly Part[]): object[] {
  const results = parts.flatMap((part) =>
    'result' in part ? [{ type: 'function_call_output', call_id: part.result, output: part.text }] : [],
  );
  const content = parts.flatMap((part): object[] => {
    if ('png' in part) return [{ type: 'input_image', image_url: `data:image/png;base64,${part.png}` }];
    if ('pdf' in part) {
      const file_data = `data:application/pdf;base64,${part.pdf}`;
      return [{ type: 'input_file', filename: `${part.title}.pdf`, file_data }];
    }
    return 'result' in part ? [] : [{ type: 'input_text', text: part.text }];
  });
  return [...results, ...(content.length > 0 ? [{ role: 'user', content }] : [])];
}

export function asMessages({ system, turns, tools, choice, maxTokens = 4096, stop }: Conversation): object {
  return {
    max_tokens: maxTokens,
    ...(system !== undefined && { system }),
    messages: turns.map((turn) =>
      'user' in turn
        ? { role: 'user', content: turn.user.map(messagesBlock) }
        : {
            role: 'assistant',
            content: turn.assistant.map((part) =>
              'text' in part
                ? { type: 'text', text: part.text }
                : { type: 'tool_use', id: part.call, name: part.name, input: part.input },
            ),
          },
    ),
    ...(tools && {
      tools: tools.map(({ name, description, schema }) => ({ name, description, input_schema: schema })),
    }),
    ...(choice && { tool_choice: choice === 'any' ? { type: 'any' } : { type: 'tool', name: choice } }),
    ...(stop && { stop_sequences: stop }),
  };
}

function messagesBlock(part: Part): object {
  if ('png' in part)
    return { type: 'image', source: { type: 'base64', media_type: 'image/png', data: part.png } };
  if ('pdf' in part) {
    const source = { type: 'base64', media_type: 'application/pdf', data: part.pdf };
    return { type: 'document', title: part.title, source };
  }
  if ('result' in part) return { type: 'tool_result', tool_use_id: part.result, content: part.text };
  return { type: 'text', text: part.text };
}
