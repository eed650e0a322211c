import type { ToolResultBlock } from 'bedrock-anywhere';
import type { ConversationMessage } from 'bedrock-anywhere/react';
import type { Measure } from '../answer/meter.js';
import { CopyButton } from './copy-button.js';
import { Icon } from './icon.js';
import { memo } from './memo.js';
import { LiveNumbers, Numbers } from './numbers.js';
import { JsonAnswer, ToolCall } from './tool-call.js';

/** What shows Markdown: it loads behind the first paint. */
export type MarkdownView = typeof import('../markdown/markdown.js').Markdown;

interface AnswerProps {
  message: ConversationMessage;
  /** The message behind it, if that has results of tools. */
  results: ConversationMessage | undefined;
  measure: Measure | undefined;
  isGrowing: boolean;
  /** Whether tools run that it has called. */
  isRunning: boolean;
  /** Whether it is the last answer and can be replaced by another. */
  canRetry: boolean;
  isLocal: boolean;
  /** Whether it was asked for as JSON. */
  isJson: boolean;
  Markdown: MarkdownView | undefined;
  onRetry(): void;
}

/** What the model wrote, block by block. */
export const Answer = memo((props: AnswerProps) => {
  const { message, results, measure, isGrowing, isRunning, canRetry, isLocal, isJson, Markdown, onRetry } =
    props;
  const { content, text, answer } = message;
  const last = content.length - 1;
  const isStopped = !isGrowing && answer !== undefined && answer.stopReason === undefined;
  return (
    <article
      class="answer"
      aria-label="Answer"
      aria-busy={isGrowing}
      data-state={isGrowing ? 'growing' : isStopped ? 'stopped' : 'done'}
    >
      {content.map((block, i) => {
        const isLast = isGrowing && i === last;
        const written =
          block.text ?? block.citationsContent?.content?.map((cited) => cited.text ?? '').join('');
        if (written !== undefined) {
          if (isJson && looksLikeJson(written))
            return <JsonAnswer key={i} json={tidyJson(written)} isGrowing={isLast} />;
          return (
            <div key={i}>
              {Markdown === undefined ? (
                <p class="plain">{written}</p>
              ) : (
                <Markdown text={written} isGrowing={isLast} />
              )}
              {block.citationsContent !== undefined && (
                <Sources citations={block.citationsContent.citations} />
              )}
            </div>
          );
        }
        if (block.reasoningContent !== undefined)
          return (
            <Reasoning
              key={i}
              text={block.reasoningContent.reasoningText?.text}
              isGrowing={isLast}
              Markdown={Markdown}
            />
          );
        if (block.toolUse !== undefined)
          return (
            <ToolCall
              key={i}
              call={block.toolUse}
              result={resultOf(results, block.toolUse.toolUseId)}
              isRunning={isGrowing || isRunning}
            />
          );
        return null;
      })}
      {isGrowing && <span class="caret" aria-hidden="true" />}
      {isGrowing && measure !== undefined && <LiveNumbers measure={measure} />}
      {isStopped && <p class="note">Not complete. What arrived stays in the conversation.</p>}
      {!isGrowing && (
        <>
          <Numbers details={answer} measure={measure} isLocal={isLocal} />
          <div class="actions">
            {text !== '' && <CopyButton text={text} label="Copy this answer" />}
            {canRetry && (
              <button type="button" class="quiet small" onClick={onRetry}>
                <Icon name="retry" /> Try again
              </button>
            )}
          </div>
        </>
      )}
    </article>
  );
});

function resultOf(
  results: ConversationMessage | undefined,
  id: string | undefined,
): ToolResultBlock | undefined {
  return results?.content.find(({ toolResult }) => toolResult?.toolUseId === id)?.toolResult;
}

interface ReasoningProps {
  text: string | undefined;
  isGrowing: boolean;
  Markdown: MarkdownView | undefined;
}

/** How the model came to its answer, folded. */
const Reasoning = memo(({ text, isGrowing, Markdown }: ReasoningProps) => {
  if (text === undefined || text === '')
    return (
      <p class="note">
        <Icon name="think" /> {isGrowing ? 'Thinking …' : 'The model’s reasoning is encrypted.'}
      </p>
    );
  return (
    <details class="reasoning">
      <summary>
        <Icon name="think" />{' '}
        <span class={isGrowing ? 'shimmer' : ''}>{isGrowing ? 'Thinking …' : 'Reasoning'}</span>
      </summary>
      {Markdown === undefined ? <p class="plain">{text}</p> : <Markdown text={text} isGrowing={isGrowing} />}
    </details>
  );
});

/** The places in documents that an answer quotes. */
function Sources({
  citations = [],
}: {
  citations:
    | readonly {
        title?: string | undefined;
        sourceContent?: readonly { text?: string | undefined }[] | undefined;
      }[]
    | undefined;
}) {
  if (citations.length === 0) return null;
  return (
    <ul class="sources" aria-label="Sources">
      {citations.map(({ title, sourceContent }, i) => (
        <li key={i} class="chip">
          <Icon name="file" /> {title ?? 'Source'}
          {sourceContent?.[0]?.text && <q>{sourceContent[0].text.slice(0, 160)}</q>}
        </li>
      ))}
    </ul>
  );
}

function looksLikeJson(text: string): boolean {
  return /^\s{0,20}[[{]/.test(text);
}

function tidyJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // It still grows, or the model did not keep to the schema.
    return text;
  }
}
