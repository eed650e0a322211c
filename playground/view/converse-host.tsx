import type { StoredMessage, UseConverseOptions, UseConverseResult } from 'bedrock-anywhere/react';
import { useLayoutEffect } from 'preact/hooks';

interface ConverseHostProps extends Pick<UseConverseOptions, 'stream' | 'tools'> {
  useConverse(options: UseConverseOptions): UseConverseResult;
  initialMessages: readonly StoredMessage[];
  onChange(chat: UseConverseResult): void;
}

/** Keeps the conversation. It shows nothing: the page is drawn before the hook has loaded. */
export function ConverseHost({ useConverse, onChange, ...options }: ConverseHostProps): null {
  const chat = useConverse(options);
  const { messages, status, error } = chat;
  useLayoutEffect(() => onChange(chat), [messages, status, error]);
  return null;
}
