import type { ContentBlock } from 'bedrock-anywhere';
import type { ConversationMessage } from 'bedrock-anywhere/react';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { CopyButton } from './copy-button.js';
import { FileView } from './file-view.js';
import { Icon } from './icon.js';
import { memo } from './memo.js';

interface PromptProps {
  message: ConversationMessage;
  /** Whether it may be edited now. */
  isIdle: boolean;
  /** Whether it is being edited from the start: the arrow key in an empty composer opens the last one. */
  isEditing: boolean;
  onEditing(id: string | undefined): void;
  onEdit(id: string, content: readonly ContentBlock[]): void;
}

/** What the user wrote. Editing it sends it again, with everything behind it removed. */
export const Prompt = memo(({ message, isIdle, isEditing, onEditing, onEdit }: PromptProps) => {
  const { id, content, text } = message;
  const files = content.filter((block) => block.text === undefined);
  const edit = useRef<HTMLButtonElement>(null);
  const wasEditing = useRef(false);
  useLayoutEffect(() => {
    if (wasEditing.current && !isEditing) edit.current?.focus();
    wasEditing.current = isEditing;
  }, [isEditing]);
  if (isEditing)
    return (
      <Editor
        text={text}
        hasFiles={files.length > 0}
        onCancel={() => onEditing(undefined)}
        onSend={(next) => onEdit(id, [...files, ...(next === '' ? [] : [{ text: next }])])}
      />
    );
  return (
    <article class="prompt" aria-label="You">
      {files.length > 0 && (
        <div class="files">
          {files.map((block, i) => (
            <FileView key={i} block={block} />
          ))}
        </div>
      )}
      {text !== '' && (
        <p class="bubble" dir="auto">
          {text}
        </p>
      )}
      <div class="actions">
        <CopyButton text={text} label="Copy this message" />
        <button ref={edit} type="button" class="quiet small" disabled={!isIdle} onClick={() => onEditing(id)}>
          <Icon name="edit" /> Edit
        </button>
      </div>
    </article>
  );
});

interface EditorProps {
  text: string;
  hasFiles: boolean;
  onSend(text: string): void;
  onCancel(): void;
}

function Editor({ text, hasFiles, onSend, onCancel }: EditorProps) {
  const [draft, setDraft] = useState(text);
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const { current } = field;
    current?.focus();
    current?.setSelectionRange(current.value.length, current.value.length);
  }, []);
  const canSend = draft.trim() !== '' || hasFiles;
  return (
    <form
      class="prompt editor"
      aria-label="Edit your message"
      onSubmit={(event) => {
        event.preventDefault();
        if (canSend) onSend(draft.trim());
      }}
    >
      <textarea
        ref={field}
        dir="auto"
        aria-label="The message again"
        rows={Math.min(12, draft.split('\n').length + 1)}
        value={draft}
        onInput={(event) => setDraft(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.stopPropagation();
            onCancel();
          }
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          event.currentTarget.form?.requestSubmit();
        }}
      />
      <div class="actions">
        <button type="button" class="quiet" onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" class="primary" disabled={!canSend}>
          Send again
        </button>
      </div>
    </form>
  );
}
