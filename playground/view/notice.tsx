import { useEffect, useState } from 'preact/hooks';
import type { Failure } from '../answer/failure.js';
import type { Wait } from '../answer/progress.js';
import { Icon } from './icon.js';

/** Nothing has arrived yet. */
export function Thinking({ wait }: { wait: Wait | undefined }) {
  if (wait === undefined)
    return (
      <p class="thinking" aria-hidden="true">
        <span />
        <span />
        <span />
      </p>
    );
  return (
    <p class="waiting" role="status">
      <Icon name="retry" /> {wait.reason} Trying again <Countdown until={wait.until} /> (request{' '}
      {wait.attempt + 1}).
    </p>
  );
}

function Countdown({ until }: { until: number }) {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((before) => before + 1), 250);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.ceil((until - Date.now()) / 1000);
  return <span aria-hidden="true">{seconds > 0 ? `in ${seconds} s` : 'now'}</span>;
}

interface FailureNoticeProps {
  failure: Failure;
  onRetry?: (() => void) | undefined;
  onConnection?: (() => void) | undefined;
  onModel?: (() => void) | undefined;
  onSettings?: (() => void) | undefined;
}

const LABELS: Readonly<Record<Failure['action'], string>> = {
  retry: 'Try again',
  connection: 'Check the connection',
  model: 'Choose another model',
  settings: 'Check the settings',
};

/** What went wrong, in words, and the two things that help most. */
export function FailureNotice({ failure, onRetry, onConnection, onModel, onSettings }: FailureNoticeProps) {
  const { title, message, action, code, requestId } = failure;
  const helps = { retry: onRetry, connection: onConnection, model: onModel, settings: onSettings };
  const first = helps[action];
  return (
    <section class="failure" role="alert">
      <Icon name="alert" />
      <div>
        <h2>{title}</h2>
        <p dir="auto">{message}</p>
        <p class="actions">
          {first !== undefined && (
            <button type="button" class="primary small" onClick={first}>
              {LABELS[action]}
            </button>
          )}
          {action !== 'retry' && onRetry !== undefined && (
            <button type="button" class="quiet small" onClick={onRetry}>
              {LABELS.retry}
            </button>
          )}
          <small>{[code, requestId && `request ${requestId}`].filter(Boolean).join(' · ')}</small>
        </p>
      </div>
    </section>
  );
}
