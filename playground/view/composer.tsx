import type { ContentBlock } from 'bedrock-anywhere';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { type Attachment, readAttachment } from '../request/attachment.js';
import { FileView } from './file-view.js';
import { Icon } from './icon.js';
import { useKeptFocus } from './use-kept-focus.js';

interface ComposerProps {
  isBusy: boolean;
  /** Whether there is something to send to. What is typed before stays. */
  isReady: boolean;
  /** Text to begin with; another object replaces what is typed. */
  draft: { text: string };
  /** Whether the model sees images. */
  takesImages: boolean;
  onSend(content: readonly ContentBlock[]): void;
  onStop(): void;
  onEditLast(): void;
  onTrouble(message: string): void;
  /** The switches below the text. */
  children: ComponentChildren;
}

/** Where a message is written. Files come by the button, by drop and by paste. */
export function Composer(props: ComposerProps) {
  const { isBusy, isReady, draft, takesImages, onSend, onStop, onEditLast, onTrouble, children } = props;
  const [text, setText] = useState(draft.text);
  const [files, setFiles] = useState<readonly Attachment[]>([]);
  const [isOver, setIsOver] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const canSend = isReady && !isBusy && (text.trim() !== '' || files.length > 0);

  useKeptFocus();
  useLayoutEffect(() => {
    setText(draft.text);
    field.current?.focus();
  }, [draft]);
  useLayoutEffect(() => {
    const { current } = field;
    if (current === null) return;
    current.style.height = 'auto';
    current.style.height = `${current.scrollHeight}px`;
  }, [text]);

  async function attach(list: FileList | readonly File[] | null | undefined): Promise<void> {
    for (const file of list ?? []) {
      try {
        const attachment = await readAttachment(file);
        setFiles((before) => [...before, attachment]);
      } catch (error) {
        onTrouble((error as Error).message);
      }
    }
  }
  function send(): void {
    if (!canSend) return;
    const words = text.trim();
    onSend([...files.map(({ block }) => block), ...(words === '' ? [] : [{ text: words }])]);
    setText('');
    setFiles([]);
  }
  const hasUnseenImage = !takesImages && files.some(({ block }) => block.image !== undefined);

  return (
    <form
      class="composer"
      data-over={isOver}
      aria-label="Message"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setIsOver(false);
        void attach(event.dataTransfer?.files);
      }}
    >
      {files.length > 0 && (
        <ul class="files" aria-label="Attached files">
          {files.map((file, i) => (
            <li key={`${file.name}-${i}`}>
              <FileView block={file.block} />
              <button
                type="button"
                class="remove"
                aria-label={`Remove ${file.name}`}
                onClick={() => setFiles(files.filter((one) => one !== file))}
              >
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
      {hasUnseenImage && (
        <p class="note">This model is not known to see images. Choose another one, or try.</p>
      )}
      <textarea
        ref={field}
        dir="auto"
        rows={1}
        aria-label="Your message"
        id="message"
        placeholder="Ask anything"
        value={text}
        enterkeyhint="send"
        onInput={(event) => setText(event.currentTarget.value)}
        onPaste={(event) => {
          const pasted = event.clipboardData?.files;
          if (pasted === undefined || pasted.length === 0) return;
          event.preventDefault();
          void attach(pasted);
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowUp' && text === '') {
            event.preventDefault();
            onEditLast();
          }
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <div class="composer-tools">
        <button
          type="button"
          class="quiet icon-only"
          aria-label="Attach files"
          onClick={() => chooser.current?.click()}
        >
          <Icon name="attach" />
        </button>
        <input
          ref={chooser}
          type="file"
          multiple
          hidden
          aria-label="Files to attach"
          onChange={(event) => {
            void attach([...(event.currentTarget.files ?? [])]);
            event.currentTarget.value = '';
          }}
        />
        <div class="switches">{children}</div>
        {isBusy ? (
          // Without keys this would become the other button under the finger, and a click on it would send.
          <button key="stop" type="button" class="send stop" aria-label="Stop" onClick={onStop}>
            <Icon name="stop" />
          </button>
        ) : (
          <button key="send" type="submit" class="send" aria-label="Send" disabled={!canSend}>
            <Icon name="send" />
          </button>
        )}
      </div>
    </form>
  );
}
