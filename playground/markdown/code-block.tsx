import { useEffect, useMemo, useState } from 'preact/hooks';
import { CopyButton } from '../view/copy-button.js';
import { memo } from '../view/memo.js';
import { highlight, type Token } from './highlight.js';
import { showDeceptive } from './safe-link.js';

interface CodeBlockProps {
  text: string;
  language: string;
  /** Whether the rest of it is still to come: colours wait until then. */
  isOpen?: boolean;
}

/** So many pieces are coloured in one frame: more elements at once would make the page stutter. */
const PIECES_PER_FRAME = 400;

/** Code with its language and a button that copies it. */
export const CodeBlock = memo(({ text, language, isOpen = false }: CodeBlockProps) => {
  const shown = showDeceptive(text);
  const groups = useMemo(
    () => (isOpen ? [[[undefined, shown] as const]] : groupsOf(highlight(shown, language))),
    [shown, language, isOpen],
  );
  const [coloured, setColoured] = useState(1);
  useEffect(() => {
    if (coloured >= groups.length) return undefined;
    const frame = requestAnimationFrame(() => setColoured(coloured + 1));
    return () => cancelAnimationFrame(frame);
  }, [coloured, groups]);
  return (
    <figure class="code" dir="ltr">
      <figcaption>
        <span>{language || 'text'}</span>
        <CopyButton text={text} label="Copy the code" />
      </figcaption>
      <pre tabIndex={0}>
        <code>
          {groups.map((tokens, i) => (
            <Pieces key={i} tokens={tokens} isColoured={i < coloured} />
          ))}
        </code>
      </pre>
    </figure>
  );
});

const Pieces = memo(({ tokens, isColoured }: { tokens: readonly Token[]; isColoured: boolean }) => (
  <>
    {isColoured
      ? tokens.map(([kind, piece], i) =>
          kind === undefined ? (
            piece
          ) : (
            <span key={i} class={`tok-${kind}`}>
              {piece}
            </span>
          ),
        )
      : tokens.map(([, piece]) => piece).join('')}
  </>
));

function groupsOf(tokens: readonly Token[]): Token[][] {
  const count = Math.ceil(tokens.length / PIECES_PER_FRAME);
  return Array.from({ length: count }, (_, i) =>
    tokens.slice(i * PIECES_PER_FRAME, (i + 1) * PIECES_PER_FRAME),
  );
}
