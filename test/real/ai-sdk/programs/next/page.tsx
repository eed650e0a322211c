'use client';

import { useChat } from '@ai-sdk/react';
import { DefaultChatTransport } from 'ai';
import { type FormEvent, useEffect, useState } from 'react';

export default function Page() {
  const [text, setText] = useState('');
  // What the server has rendered does not react yet.
  const [isLive, setLive] = useState(false);
  useEffect(() => setLive(true), []);
  const [transport] = useState(
    () =>
      new DefaultChatTransport({
        api: typeof location === 'undefined' ? '' : location.search.slice(1),
      }),
  );
  const { messages, sendMessage, stop, status, error } = useChat({ transport });
  const send = (event: FormEvent): void => {
    event.preventDefault();
    sendMessage({ text });
    setText('');
  };
  return (
    <main>
      {messages.map(({ id, role, parts }) => (
        <p key={id} data-role={role}>
          {parts.map((part) =>
            part.type === 'text' ? (
              part.text
            ) : part.type === 'tool-weather' ? (
              <b key={part.toolCallId}>{part.state}</b>
            ) : null,
          )}
        </p>
      ))}
      <output>{isLive ? status : ''}</output>
      <em>{error?.message}</em>
      <form onSubmit={send}>
        <input aria-label="Message" value={text} onChange={(event) => setText(event.target.value)} />
        <button type="submit">Send</button>
        <button type="button" onClick={stop}>
          Stop
        </button>
      </form>
    </main>
  );
}
