import { CopyButton } from '../view/copy-button.js';
import { memo } from '../view/memo.js';
import { highlight } from './highlight.js';
import { showDeceptive } from './safe-link.js';

interface CodeBlockProps {
  text: string;
  language: string;
  /** Whether the rest of it is still to come: colours wait until then. */
  isOpen?: boolean;
}

/** Code with its language and a button that copies it. */
export const CodeBlock = memo(({ text, language, isOpen = false }: CodeBlockProps) => {
  const shown = showDeceptive(text);
  const tokens = isOpen ? [[undefined, shown] as const] : highlight(shown, language);
  return (
    <figure class="code" dir="ltr">
      <figcaption>
        <span>{language || 'text'}</span>
        <CopyButton text={text} label="Copy the code" />
      </figcaption>
      <pre tabIndex={0}>
        <code>
          {tokens.map(([kind, piece], i) =>
            kind === undefined ? (
              piece
            ) : (
              <span key={i} class={`tok-${kind}`}>
                {piece}
              </span>
            ),
          )}
        </code>
      </pre>
    </figure>
  );
});
