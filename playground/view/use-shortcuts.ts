import { useLayoutEffect } from 'preact/hooks';

interface Shortcuts {
  /** Escape; undefined if nothing is to be stopped. */
  stop: (() => void) | undefined;
  /** Ctrl+K, on a Mac Command+K. */
  chooseModel(): void;
}

/** Keys that work everywhere in the page, except under a dialog. */
export function useShortcuts({ stop, chooseModel }: Shortcuts): void {
  // Before the page is painted: who sees what a key does may press it at once.
  useLayoutEffect(() => {
    const hear = (event: KeyboardEvent): void => {
      if (document.querySelector('dialog[open]') !== null || event.defaultPrevented) return;
      if (event.key === 'Escape') stop?.();
      else if (event.key === 'k' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        chooseModel();
      }
    };
    addEventListener('keydown', hear);
    return () => removeEventListener('keydown', hear);
  });
}
