import { useLayoutEffect, useRef } from 'preact/hooks';

/** Moves the focus to the conversation when what had it is gone: otherwise the next key would begin at the top of the page. */
export function useKeptFocus(): void {
  const last = useRef<Node | undefined>(undefined);
  useLayoutEffect(() => {
    const note = ({ target }: FocusEvent): void => {
      last.current = target as Node;
    };
    addEventListener('focusin', note);
    return () => removeEventListener('focusin', note);
  }, []);
  useLayoutEffect(() => {
    if (document.activeElement !== document.body || last.current?.isConnected !== false) return;
    last.current = undefined;
    document.querySelector('main')?.focus({ preventScroll: true });
  });
}
