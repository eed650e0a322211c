import type { ToolResultBlock, ToolUseBlock } from 'bedrock-anywhere';
import { showDeceptive } from '../markdown/safe-link.js';
import { ANSWER_TOOL } from '../request/answer-shape.js';
import { CopyButton } from './copy-button.js';
import { Icon } from './icon.js';
import { memo } from './memo.js';

interface ToolCallProps {
  call: ToolUseBlock;
  result: ToolResultBlock | undefined;
  /** Whether a result is still to come. */
  isRunning: boolean;
}

/** A tool that the model called, with its input and what came back. */
export const ToolCall = memo(({ call, result, isRunning }: ToolCallProps) => {
  const { name = 'tool', input } = call;
  if (name === ANSWER_TOOL && result === undefined) return <JsonAnswer json={input} isGrowing={isRunning} />;
  const isFailed = result?.status === 'error';
  const state = result !== undefined ? (isFailed ? 'failed' : 'done') : isRunning ? 'running' : 'not run';
  return (
    <details class="tool-call" data-state={state}>
      <summary>
        <Icon name="tool" />
        <span class="tool-name">{showDeceptive(name)}</span>
        <span class="tool-preview">{previewOf(result)}</span>
        <span class="badge">{state}</span>
      </summary>
      <h3>Input</h3>
      <JsonView json={input} />
      {result !== undefined && <h3>{isFailed ? 'Failure' : 'Result'}</h3>}
      {result?.content?.map((block, i) =>
        block.text !== undefined ? (
          <pre key={i} class="json">
            {showDeceptive(block.text)}
          </pre>
        ) : (
          <JsonView key={i} json={block.json} />
        ),
      )}
    </details>
  );
});

/** An answer in the shape of a schema. */
export function JsonAnswer({ json, isGrowing = false }: { json: unknown; isGrowing?: boolean }) {
  const text = typeof json === 'string' ? json : JSON.stringify(json, null, 2);
  return (
    <figure class="code" dir="ltr" aria-busy={isGrowing}>
      <figcaption>
        <span>JSON</span>
        <CopyButton text={text} label="Copy the JSON" />
      </figcaption>
      <pre tabIndex={0}>{showDeceptive(text)}</pre>
    </figure>
  );
}

function JsonView({ json }: { json: unknown }) {
  return (
    <pre class="json">
      {showDeceptive(typeof json === 'string' ? json : (JSON.stringify(json, null, 2) ?? ''))}
    </pre>
  );
}

const LONGEST_PREVIEW = 60;

function previewOf(result: ToolResultBlock | undefined): string {
  const [first] = result?.content ?? [];
  const text = first?.text ?? (first?.json === undefined ? '' : JSON.stringify(first.json));
  return showDeceptive(text.length > LONGEST_PREVIEW ? `${text.slice(0, LONGEST_PREVIEW)}…` : text);
}
