import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from './icon.js';

interface DialogProps {
  title: string;
  children: ComponentChildren;
  onClose(): void;
  /** `drawer` slides in from the right, `side` from the left. Default: in the middle. */
  placed?: 'drawer' | 'side' | 'middle';
  class?: string;
}

/** A dialog of the browser: it keeps the focus inside, closes with Escape, and gives the focus back. */
export function Dialog({ title, children, onClose, placed = 'middle', class: name = '' }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  // The event of its end comes when another dialog may be open in its place.
  const isGone = useRef(false);
  // useEffect would be too late: the next key press may be Escape.
  useLayoutEffect(() => {
    const shown = dialog.current;
    if (shown !== null && !shown.open) shown.showModal();
    return () => {
      isGone.current = true;
      shown?.close();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape does what a click beside the dialog does
    <dialog
      ref={dialog}
      class={`dialog ${placed} ${name}`}
      aria-label={title}
      onClose={() => isGone.current || onClose()}
      onClick={(event) => {
        if (event.target === dialog.current) dialog.current?.close();
      }}
    >
      <div class="dialog-inside">
        <header>
          <h2>{title}</h2>
          <button
            type="button"
            class="quiet icon-only"
            aria-label="Close"
            onClick={() => dialog.current?.close()}
          >
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
