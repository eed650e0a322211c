import type { ContentBlock } from 'bedrock-anywhere';
import type { ConversationMessage } from 'bedrock-anywhere/react';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Measure } from '../answer/meter.js';
import { Answer, type MarkdownView } from './answer.js';
import { Icon } from './icon.js';
import { Prompt } from './prompt.js';

export type ChatStatus = 'ready' | 'submitted' | 'streaming' | 'error';

interface ThreadProps {
  messages: readonly ConversationMessage[];
  status: ChatStatus;
  measures: Readonly<Record<string, Measure>>;
  isLocal: boolean;
  isJson: boolean;
  Markdown: MarkdownView | undefined;
  editing: string | undefined;
  onEditing(id: string | undefined): void;
  onEdit(id: string, content: readonly ContentBlock[]): void;
  onRetry(): void;
  /** What stands below the messages: a wait, or a failure. */
  notice: preact.ComponentChildren;
}

/** How near to the end counts as there, in pixels. */
const NEAR = 80;

/** The messages. It follows an answer as it grows, until the reader scrolls up. */
export function Thread(props: ThreadProps) {
  const {
    messages,
    status,
    measures,
    isLocal,
    isJson,
    Markdown,
    editing,
    onEditing,
    onEdit,
    onRetry,
    notice,
  } = props;
  const scroller = useRef<HTMLElement>(null);
  const isFollowing = useRef(true);
  const [isAway, setIsAway] = useState(false);
  const isBusy = status === 'submitted' || status === 'streaming';
  const last = messages.at(-1);

  useLayoutEffect(() => {
    const { current } = scroller;
    if (current !== null && isFollowing.current) current.scrollTop = current.scrollHeight;
    // Not after scrolling itself, which would move what a reader is about to click.
  }, [messages, measures, status, notice, editing]);
  // A message that was just sent should be visible.
  const prompts = messages.filter(({ kind }) => kind === 'prompt').length;
  useLayoutEffect(() => jump(), [prompts]);

  // What is unfolded at the end of the page would open below its edge.
  useLayoutEffect(() => {
    const reveal = ({ target }: Event): void => {
      if (target instanceof HTMLDetailsElement && target.open) target.scrollIntoView({ block: 'nearest' });
    };
    const { current } = scroller;
    current?.addEventListener('toggle', reveal, true);
    return () => current?.removeEventListener('toggle', reveal, true);
  }, []);

  function jump(): void {
    isFollowing.current = true;
    setIsAway(false);
    const { current } = scroller;
    if (current !== null) current.scrollTop = current.scrollHeight;
  }
  function look(): void {
    const { current } = scroller;
    if (current === null) return;
    const isNear = current.scrollHeight - current.scrollTop - current.clientHeight < NEAR;
    isFollowing.current = isNear;
    setIsAway(!isNear);
  }

  return (
    <main ref={scroller} class="thread" tabIndex={0} aria-label="Conversation" onScroll={look}>
      <div class="thread-inside">
        {messages.map((message, i) => {
          if (message.kind === 'prompt')
            return (
              <Prompt
                key={message.id}
                message={message}
                isIdle={!isBusy}
                isEditing={editing === message.id}
                onEditing={onEditing}
                onEdit={onEdit}
              />
            );
          if (message.kind === 'toolResults') return null;
          const next = messages[i + 1];
          const isLast = message === last;
          return (
            <Answer
              key={message.id}
              message={message}
              results={next?.kind === 'toolResults' ? next : undefined}
              measure={Object.hasOwn(measures, message.id) ? measures[message.id] : undefined}
              isGrowing={isLast && status === 'streaming' && message.answer?.stopReason === undefined}
              isRunning={isLast && isBusy}
              canRetry={isLast && !isBusy}
              isLocal={isLocal}
              isJson={isJson}
              Markdown={Markdown}
              onRetry={onRetry}
            />
          );
        })}
        {notice}
      </div>
      {isAway && (
        <button type="button" class="jump" onClick={jump}>
          <Icon name="down" /> Latest
        </button>
      )}
    </main>
  );
}
