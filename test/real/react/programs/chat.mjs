// A chat: what people write around useConverse(), and what the test looks at.
import { useConverse } from 'bedrock-anywhere/react';
import { createElement as h, useEffect } from 'react';

/** How often each component has been drawn, by the page's own count. */
export const commits = { count: 0 };

export function Chat({ stream, tools, initialMessages, greeting, onChat }) {
  const chat = useConverse({ stream, tools, initialMessages });
  const { messages, status, error, send } = chat;
  useEffect(() => {
    commits.count += 1;
    onChat?.(chat);
  });
  useEffect(() => {
    if (greeting) void send(greeting);
  }, [greeting, send]);
  return h(
    'main',
    { 'data-status': status },
    messages.map(({ id, kind, text, content }) =>
      h(
        'p',
        { key: id, 'data-kind': kind },
        text,
        content.map(({ toolUse, toolResult }) => toolUse?.name ?? toolResult?.content?.[0]?.text ?? null),
      ),
    ),
    error && h('strong', null, error.code ?? error.message),
  );
}
