import { Icon } from './icon.js';

/** A trouble that belongs to no answer. It stays until it is closed. */
export function Toast({ text, onClose }: { text: string; onClose(): void }) {
  if (text === '') return null;
  return (
    <div class="toast" role="alert">
      <Icon name="alert" />
      <span dir="auto">{text}</span>
      <button type="button" class="quiet icon-only" aria-label="Close" onClick={onClose}>
        <Icon name="close" />
      </button>
    </div>
  );
}
