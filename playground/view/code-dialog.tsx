import { useState } from 'preact/hooks';
import { CODE_FORMS } from '../code/code-forms.js';
import type { CodeRequest } from '../code/code-request.js';
import { CodeBlock } from '../markdown/code-block.js';
import { Dialog } from './dialog.js';

interface CodeDialogProps {
  /** Undefined if the settings make no request; then there is a reason. */
  request: CodeRequest | { trouble: string };
  onClose(): void;
}

/** The next request as code, without keys. It loads when it is opened. */
export function CodeDialog({ request, onClose }: CodeDialogProps) {
  const [at, setAt] = useState(0);
  const form = CODE_FORMS[at] ?? CODE_FORMS[0];
  return (
    <Dialog title="The same in code" onClose={onClose} class="code-dialog">
      <div class="tabs" role="tablist" aria-label="Form">
        {CODE_FORMS.map(({ title }, i) => (
          <button
            key={title}
            type="button"
            role="tab"
            id={`tab-${i}`}
            aria-selected={i === at}
            aria-controls="code-panel"
            tabIndex={i === at ? 0 : -1}
            onClick={() => setAt(i)}
            onKeyDown={(event) => {
              const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
              if (by === 0) return;
              const next = (at + by + CODE_FORMS.length) % CODE_FORMS.length;
              setAt(next);
              document.getElementById(`tab-${next}`)?.focus();
            }}
          >
            {title}
          </button>
        ))}
      </div>
      <div id="code-panel" role="tabpanel" aria-labelledby={`tab-${at}`}>
        {'trouble' in request ? (
          <p class="trouble">{request.trouble}</p>
        ) : (
          form !== undefined && <CodeBlock text={form.write(request)} language={form.language} />
        )}
      </div>
      <p class="note">Keys are not part of it: they come from the environment.</p>
    </Dialog>
  );
}
