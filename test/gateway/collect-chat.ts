import { parseSse } from './setup.js';

const EMPTY = {
  message: {} as Record<string, unknown>,
  calls: [],
  finish: undefined,
  usage: undefined,
  isDone: false,
  events: [],
};

/** What a client makes of a stream. */
export function collectChat(text: string) {
  // A request that failed before there was anything to show.
  if (text.startsWith('{')) return { ...EMPTY, ...(JSON.parse(text) as { error: unknown }) };
  const message: Record<string, unknown> = {};
  const calls: { id: string; name: string; arguments: string }[] = [];
  let finish: unknown;
  let usage: unknown;
  let error: unknown;
  const events = parseSse(text);
  for (const { data } of events) {
    if (data === '[DONE]') continue;
    error ??= data['error'];
    usage = data['usage'] ?? usage;
    const [choice] = (data['choices'] ?? []) as {
      delta: Record<string, unknown>;
      finish_reason: string | null;
    }[];
    finish = choice?.finish_reason ?? finish;
    for (const [name, value] of Object.entries(choice?.delta ?? {})) {
      if (name !== 'tool_calls')
        message[name] = typeof value === 'string' ? `${message[name] ?? ''}${value}` : value;
    }
    for (const call of (choice?.delta['tool_calls'] ?? []) as {
      index: number;
      id?: string;
      function?: Record<string, string>;
      custom?: Record<string, string>;
    }[]) {
      const called = { ...call.function, ...call.custom } as Record<string, string>;
      calls[call.index] ??= { id: call.id ?? '', name: called['name'] ?? '', arguments: '' };
      (calls[call.index] as { arguments: string }).arguments += called['arguments'] ?? called['input'] ?? '';
    }
  }
  return { message, calls, finish, usage, error, isDone: events.at(-1)?.data === '[DONE]', events };
}
