import { useEffect, useState } from 'preact/hooks';
import { Icon } from './icon.js';

/** How long the button says that it has copied. */
const SHOWN_MS = 1600;

/** Copies a text, and says so. */
export function CopyButton({ text, label, title = 'Copy' }: { text: string; label: string; title?: string }) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle');
  useEffect(() => {
    if (state === 'idle') return undefined;
    const timer = setTimeout(() => setState('idle'), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = (): void => {
    // Browsers offer no clipboard to pages that were not loaded safely.
    Promise.resolve(
      navigator.clipboard?.writeText(text) ?? Promise.reject(new Error('There is no clipboard.')),
    ).then(
      () => setState('copied'),
      () => setState('failed'),
    );
  };
  return (
    <button type="button" class="quiet small" aria-label={label} onClick={copy}>
      <Icon name={state === 'copied' ? 'check' : 'copy'} />
      <span aria-live="polite">
        {state === 'copied' ? 'Copied' : state === 'failed' ? 'Not possible' : title}
      </span>
    </button>
  );
}
