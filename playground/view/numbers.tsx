import type { AnswerDetails } from 'bedrock-anywhere/react';
import { explainStop } from '../answer/failure.js';
import { type Measure, speedCurve, speedOf } from '../answer/meter.js';
import { formatCost, formatCount, formatSeconds } from '../answer/spent.js';
import { showDeceptive } from '../markdown/safe-link.js';
import { findingsIn } from '../request/guardrail.js';
import { CopyButton } from './copy-button.js';
import { memo } from './memo.js';

const WIDTH = 72;
const HEIGHT = 18;

/** How fast an answer came, from its first to its last token. */
function SpeedPlot({ measure }: { measure: Measure }) {
  const curve = speedCurve(measure);
  if (curve.length === 0) return null;
  const step = WIDTH / (curve.length - 1);
  const points = curve.map(
    (y, i) => `${(i * step).toFixed(1)},${(HEIGHT - 1 - y * (HEIGHT - 3)).toFixed(1)}`,
  );
  return (
    <svg class="plot" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true" focusable="false">
      <polygon points={`0,${HEIGHT} ${points.join(' ')} ${WIDTH},${HEIGHT}`} />
      <polyline points={points.join(' ')} />
    </svg>
  );
}

/** How fast an answer is coming. Its tokens are only estimated: the service counts them at the end. */
export function LiveNumbers({ measure }: { measure: Measure }) {
  const speed = speedOf(measure, undefined);
  return (
    <p class="live">
      <SpeedPlot measure={measure} />
      <span title="Time to the first token">{formatSeconds(measure.firstMs)}</span>
      {speed !== undefined && <span title="Tokens per second, estimated">≈ {Math.round(speed)} tok/s</span>}
    </p>
  );
}

interface NumbersProps {
  details: AnswerDetails | undefined;
  measure: Measure | undefined;
  isLocal: boolean;
}

/** What is known of an answer: a line of the most important numbers, and the rest behind it. */
export const Numbers = memo(({ details, measure, isLocal }: NumbersProps) => {
  const {
    usage,
    cost,
    stopReason,
    requestId,
    attempts = 1,
    warnings = [],
    repairs = [],
    trace,
    modelId,
  } = details ?? {};
  const speed = measure && speedOf(measure, usage?.outputTokens);
  const facts: [name: string, value: string | undefined][] = [
    ['Model', modelId],
    ['Stop reason', stopReason],
    ['Input tokens', usage && String(usage.inputTokens)],
    ['Read from the cache', usage?.cacheReadInputTokens ? String(usage.cacheReadInputTokens) : undefined],
    ['Written to the cache', usage?.cacheWriteInputTokens ? String(usage.cacheWriteInputTokens) : undefined],
    ['Output tokens', usage && String(usage.outputTokens)],
    ['First token', measure && formatSeconds(measure.firstMs)],
    ['Whole answer', measure && formatSeconds(measure.totalMs)],
    [
      'Cost',
      cost &&
        `${formatCost(cost.total)}${cost.estimated ? ', estimated' : ''}${isLocal ? ', if it were AWS' : ''}`,
    ],
    ['Requests', attempts > 1 ? String(attempts) : undefined],
    ['Request ID', requestId],
  ];
  const stop = explainStop(stopReason);
  const findings = trace === undefined ? [] : findingsIn(trace);
  return (
    <div class="numbers">
      {stop !== undefined && <p class="note">{stop}</p>}
      {findings.length > 0 && (
        <ul class="findings" aria-label="Findings of the guardrail">
          {findings.map(({ policy, what, action }, i) => (
            <li key={i}>
              <b>{policy}</b> {what} <span>{action}</span>
            </li>
          ))}
        </ul>
      )}
      <details>
        <summary>
          {measure && <SpeedPlot measure={measure} />}
          {measure && <span title="Time to the first token">{formatSeconds(measure.firstMs)}</span>}
          {speed !== undefined && <span>{Math.round(speed)} tok/s</span>}
          {usage && (
            <span title="Tokens in and out">
              {formatCount(usage.inputTokens)} in, {formatCount(usage.outputTokens)} out
            </span>
          )}
          {cost && (
            <span title={isLocal ? 'What AWS would have charged' : 'Cost'}>
              {isLocal || cost.estimated ? '≈ ' : ''}
              {formatCost(cost.total)}
            </span>
          )}
          {attempts > 1 && <span>{attempts} requests</span>}
          <span class="more">Details</span>
        </summary>
        <dl>
          {facts.map(([name, value]) =>
            value === undefined ? null : (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
          )}
        </dl>
        {[
          ...warnings,
          ...repairs.map(
            ({ kind, path, reason }) => `Repaired: ${kind} at ${path}${reason ? `, ${reason}` : ''}`,
          ),
        ].map((line, i) => (
          <p key={i} class="note">
            {line}
          </p>
        ))}
        {trace !== undefined && (
          <details class="trace">
            <summary>Trace of the guardrail</summary>
            <CopyButton text={JSON.stringify(trace, null, 2)} label="Copy the trace" />
            <pre tabIndex={0}>{showDeceptive(JSON.stringify(trace, null, 2))}</pre>
          </details>
        )}
      </details>
    </div>
  );
});
