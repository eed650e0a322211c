import type { ContentBlock } from 'bedrock-anywhere';
import type {
  AnswerRequest,
  ConversationMessage,
  UseConverseOptions,
  UseConverseResult,
} from 'bedrock-anywhere/react';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { type Progress, ProgressWatch, type Wait, watchRetries } from '../answer/progress.js';
import { type ConversationRecord, newConversation, titleOf } from '../conversation/record.js';
import type { Link } from '../engine/engine.js';
import { composeRequest, type KnownModel } from '../request/compose.js';
import type { Settings } from '../request/settings.js';
import { currentConversation, keepSettings, keptSettings, setCurrentConversation } from './kept-choices.js';
import type { KeptConversations } from './use-conversations.js';

/** The conversation that is shown, with everything that changes in it. */
export interface Session {
  id: string;
  settings: Settings;
  messages: readonly ConversationMessage[];
  status: UseConverseResult['status'];
  error: Error | undefined;
  progress: Progress;
  wait: Wait | undefined;
  /** Undefined until the engine and the last conversation have loaded. */
  chat: UseConverseResult | undefined;
  initialMessages: readonly ConversationMessage[];
  change(settings: Partial<Settings>): void;
  show(record: ConversationRecord): void;
  begin(): void;
  stream: UseConverseOptions['stream'];
  onChat(chat: UseConverseResult): void;
  send(content: readonly ContentBlock[]): void;
}

/** @param find What is known of a model. */
export function useSession(
  kept: KeptConversations,
  link: Link | undefined,
  find: (modelId: string) => KnownModel,
): Session {
  const [record, setRecord] = useState(() => newConversation(keptSettings()));
  const [settings, setSettings] = useState(record.settings);
  const [chat, setChat] = useState<UseConverseResult>();
  const [wait, setWait] = useState<Wait>();
  const [progress, setProgress] = useState(progressOf(record));
  const watch = useRef(new ProgressWatch(progressOf(record), record.messages));
  const [isRestored, setIsRestored] = useState(() => currentConversation() === undefined);
  const isBusy = chat?.status === 'submitted' || chat?.status === 'streaming';
  useEffect(() => {
    const id = currentConversation();
    if (id === undefined) return;
    void kept.open(id).then((found) => {
      if (found !== undefined) show(found);
      setIsRestored(true);
    });
  }, []);
  useLayoutEffect(() => {
    addEventListener('pagehide', keepUnfinished);
    return () => removeEventListener('pagehide', keepUnfinished);
  });

  function keep(messages: readonly ConversationMessage[], now: Progress, of: Settings): void {
    const title = record.title || titleOf(messages);
    void kept.keep({ ...record, title, changedAt: Date.now(), settings: of, messages, ...now });
  }
  /** Saves what has arrived of an unfinished answer with its conversation. */
  function keepUnfinished(): void {
    if (isBusy && chat !== undefined) keep(chat.messages, progress, settings);
  }
  function show(next: ConversationRecord): void {
    keepUnfinished();
    chat?.stop();
    setCurrentConversation(next.id);
    watch.current = new ProgressWatch(progressOf(next), next.messages);
    setRecord(next);
    setSettings(next.settings);
    setChat(undefined);
    setWait(undefined);
    setProgress(progressOf(next));
  }

  return {
    id: record.id,
    settings,
    messages: chat?.messages ?? record.messages,
    status: chat?.status ?? 'ready',
    error: chat?.error,
    progress,
    wait,
    chat: isRestored ? chat : undefined,
    initialMessages: record.messages,
    change(part) {
      const next = { ...settings, ...part };
      setSettings(next);
      keepSettings(next);
    },
    show,
    begin: () => show(newConversation(keptSettings())),
    stream({ messages, toolConfig, signal }: AnswerRequest) {
      if (link === undefined)
        throw new Error('The page is not connected. Open the connection, then try again.');
      const known = find(settings.modelId);
      const frame = composeRequest(settings, known);
      watch.current.begin();
      return link.bedrock.stream(
        { ...frame, messages, ...(toolConfig && { toolConfig }) },
        {
          signal,
          repair: 'all',
          adapt: true,
          // The ARN of an application profile shows neither what its model accepts nor what it costs.
          ...(known.model !== undefined && { models: [known.model] }),
          ...watchRetries(setWait),
          ...(link.takesFaults && settings.fault !== '' && { headers: { 'x-local-fault': settings.fault } }),
        },
      );
    },
    onChat(next) {
      const isOver = next.status === 'ready' || next.status === 'error';
      const now = watch.current.see(next.messages, !isOver);
      setChat(next);
      setProgress(now);
      if (isOver) setWait(undefined);
      if (next.messages.length > 0 && next.status !== 'streaming') keep(next.messages, now, settings);
    },
    send(content) {
      setCurrentConversation(record.id);
      void chat?.send(content);
    },
  };
}

function progressOf({ measures, spent }: ConversationRecord): Progress {
  return { measures, spent };
}
