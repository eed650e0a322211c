/** How the conversation looks in a terminal: colour where the terminal has it, plain text elsewhere. */
import { styleText } from 'node:util';

const { stdout } = process;
const hasColours = stdout.isTTY && stdout.hasColors();

/**
 * @param {Parameters<typeof styleText>[0]} style
 * @param {string} text
 */
const paint = (style, text) => (hasColours ? styleText(style, text) : text);

/** @param {string} text */
export const heading = (text) => console.log(`\n${paint('bold', text)}\n`);

/**
 * @param {import('bedrock-anywhere').Model[]} models
 * @param {import('bedrock-anywhere').Discovery['excluded']} excluded
 */
export function modelTable(models, excluded) {
  const width = Math.max(...models.map(({ id }) => id.length));
  for (const { id, provider, name, input } of models) {
    console.log(
      `  ${paint('cyan', id.padEnd(width))}  ${provider} ${name}  ${paint('dim', input.join(', ').toLowerCase())}`,
    );
  }
  const left = Object.entries(excluded).filter(([, count]) => count > 0);
  if (left.length > 0) {
    console.log(
      paint('dim', `  left out: ${left.map(([reason, count]) => `${count} ${reason}`).join(', ')}`),
    );
  }
}

/**
 * @param {string} who
 * @param {string | undefined} text
 */
export const part = (who, text) => console.log(`\n${paint('bold', who)}  ${text}`);

/**
 * Prints events as they arrive, each kind of block in its own colour.
 *
 * @param {string} modelId
 * @returns {(event: import('bedrock-anywhere').ConverseEvent) => void}
 */
export function printer(modelId) {
  /** @type {'' | 'text' | 'reasoning' | 'tool'} */
  let open = '';
  /** @param {'text' | 'reasoning' | 'tool'} kind @param {string} title */
  const begin = (kind, title) => {
    if (open !== kind) stdout.write(`\n${paint('bold', title)}  `);
    open = kind;
  };
  return (event) => {
    if (event.type === 'contentBlockStart' && event.start.toolUse !== undefined) {
      begin('tool', 'Tool');
      stdout.write(paint('yellow', `${event.start.toolUse.name} `));
    }
    if (event.type === 'contentBlockStop' && open !== '') {
      stdout.write('\n');
      open = '';
    }
    if (event.type !== 'contentBlockDelta') return;
    const { text, reasoningContent, toolUse } = event.delta;
    if (text !== undefined) {
      begin('text', modelId);
      stdout.write(text);
    }
    if (reasoningContent?.text !== undefined) {
      begin('reasoning', 'Reasoning');
      stdout.write(paint('dim', reasoningContent.text));
    }
    if (toolUse?.input !== undefined) stdout.write(paint('yellow', toolUse.input));
  };
}

/**
 * @param {import('bedrock-anywhere').ConverseResult} result
 * @param {number} firstEventMs
 */
export function summary({ stopReason, usage }, firstEventMs) {
  const tokens =
    usage === undefined ? 'usage unknown' : `${usage.inputTokens} tokens in, ${usage.outputTokens} out`;
  console.log(
    paint(
      'dim',
      `\n  stop reason ${stopReason} · ${tokens} · first event after ${firstEventMs.toFixed(1)} ms`,
    ),
  );
}

/** @param {boolean} isLocal */
export function hint(isLocal) {
  if (!isLocal) return console.log();
  console.log(`\nYour own question:   ${paint('green', 'npm start -- "any prompt"')}`);
  console.log(
    `Your AWS account:    ${paint('green', 'BEDROCK=aws npm start -- --region us-east-1 --model amazon.nova-lite-v1:0')}`,
  );
  console.log(
    paint(
      'dim',
      '  with AWS_BEARER_TOKEN_BEDROCK, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in the environment\n',
    ),
  );
}
