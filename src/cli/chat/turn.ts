import {
  type ConverseResult,
  type ConverseStreamRequest,
  type Cost,
  type MessageInput,
  runTools,
  type ToolRunEvent,
  type Usage,
} from '../../index.js';
import { inferenceConfig } from '../ask/ask.js';
import { priceText, writeFooter } from '../ask/footer.js';
import { explainEnding, withSuggestion } from '../ask/print-answer.js';
import { writeError } from '../print/error.js';
import { whileTurning } from '../print/spinner.js';
import { dim, showControls, type Terminal, writeNote } from '../print/terminal.js';
import type { Session } from './session.js';

/** How an answer ended: what to add to the conversation, and what it took. */
interface Turn {
  messages: MessageInput[];
  stopReason: ConverseResult['stopReason'];
  usage: Usage | undefined;
  cost: Cost | undefined;
}

/**
 * Sends a message and prints the answer. An answer that the user stops stays in the conversation as far as it came; a message
 * that fails does not.
 */
export async function takeTurn(
  session: Session,
  text: string,
  signal: AbortSignal,
  terminal: Terminal,
): Promise<void> {
  const { modelId, connection, system, tools, attachments } = session;
  const content = [...attachments.map(({ block }) => block), text];
  const request: ConverseStreamRequest = {
    modelId,
    messages: [...session.messages, { role: 'user', content }],
    ...(system !== undefined && { system }),
    ...inferenceConfig(session.options, session.config),
  };
  const started = performance.now();
  const answer =
    tools === undefined ? streamAnswer(session, request, signal) : runAnswer(session, request, signal);
  const printer = new AnswerPrinter(terminal);
  try {
    await printEvents(answer.events, printer, terminal);
    const { messages, stopReason, usage, cost } = await answer.turn();
    setMessages(session, messages, modelId);
    session.attachments = [];
    addCost(session, cost);
    const ms = performance.now() - started;
    const total = session.turns > 1 && !connection.isLocal ? [`${priceText(session.total)} in all`] : [];
    writeFooter({ modelId, usage, cost, ms, isLocal: connection.isLocal }, terminal, total);
    const ending = explainEnding({ stopReason }, 'Say "Go on." to continue.');
    if (ending !== undefined) writeNote(ending, terminal);
  } catch (error) {
    if (!signal.aborted) {
      writeError(await withSuggestion(error, modelId, connection.region), terminal);
      return;
    }
    setMessages(session, answer.stopped(printer.text) ?? session.messages, modelId);
    session.attachments = [];
    writeNote('Stopped.', terminal);
  }
}

function setMessages(session: Session, messages: MessageInput[], modelId: string): void {
  session.models = messages.map((_, index) => session.models[index] ?? modelId);
  session.messages = messages;
}

interface Answer {
  events: AsyncIterable<ToolRunEvent>;
  turn(): Promise<Turn>;
  /** The conversation with the text that has arrived of a stopped answer; undefined if it cannot go on from there. */
  stopped(text: string): MessageInput[] | undefined;
}

function streamAnswer({ connection }: Session, request: ConverseStreamRequest, signal: AbortSignal): Answer {
  const { messages = [] } = request;
  const events = connection.bedrock.stream(request, { signal });
  return {
    events,
    async turn() {
      const { message, stopReason, usage, cost } = await events.result();
      return { messages: [...messages, message], stopReason, usage, cost };
    },
    stopped: (text) => addText(messages, text),
  };
}

function runAnswer(
  { connection, tools = {} }: Session,
  request: ConverseStreamRequest,
  signal: AbortSignal,
): Answer {
  const events = runTools({ ...request, tools }, { client: connection.bedrock, signal });
  return {
    events,
    turn: () => events.result(),
    stopped: (text) => addText(events.messages, text),
  };
}

/** A tool use without its result would make the next call fail, so a text only follows the user's message or results. */
function addText(messages: readonly MessageInput[], text: string): MessageInput[] | undefined {
  if (text.trim() === '' || messages.at(-1)?.role !== 'user') return undefined;
  return [...messages, { role: 'assistant', content: [text] }];
}

async function printEvents(
  events: AsyncIterable<ToolRunEvent>,
  printer: AnswerPrinter,
  terminal: Terminal,
): Promise<void> {
  const iterator = events[Symbol.asyncIterator]();
  try {
    let next = await whileTurning(terminal, 'Waiting for the answer …', iterator.next());
    while (next.done !== true) {
      printer.print(next.value);
      next = await iterator.next();
    }
  } finally {
    printer.finish();
  }
}

const MOST_LETTERS = 300;

/** Prints the events of an answer, each kind on lines of its own. */
class AnswerPrinter {
  /** The text of the answer so far; in a run with tools, of the last one. */
  text = '';
  readonly #terminal: Terminal;
  #kind: 'text' | 'reasoning' | undefined;
  #isAtStart = true;
  #input = '';

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  print(event: ToolRunEvent): void {
    if (event.type === 'messageStart') this.text = '';
    if (event.type === 'contentBlockStart' && event.start.toolUse !== undefined) {
      this.finish();
      this.#input = `${event.start.toolUse.name} `;
    } else if (event.type === 'contentBlockDelta') {
      const { text, reasoningContent, toolUse } = event.delta;
      if (text) {
        this.text += text;
        this.#write('text', text);
      }
      if (reasoningContent?.text) this.#write('reasoning', reasoningContent.text);
      if (toolUse?.input) this.#input += toolUse.input;
    } else if (event.type === 'contentBlockStop' && this.#input !== '') {
      this.#note(`→ ${this.#input}`);
      this.#input = '';
    } else if (event.type === 'toolResults') {
      for (const { status, content } of event.results)
        this.#note(`← ${status === 'error' ? 'error: ' : ''}${describeResult(content?.[0])}`);
    }
  }

  /** Ends the line, if something is on it. */
  finish(): void {
    if (!this.#isAtStart) this.#terminal.answer('\n');
    this.#isAtStart = true;
    this.#kind = undefined;
  }

  #write(kind: 'text' | 'reasoning', text: string): void {
    if (this.#kind !== kind) this.finish();
    this.#kind = kind;
    this.#isAtStart = text.endsWith('\n');
    if (kind === 'text') this.#terminal.answer(text);
    else this.#terminal.out(dim(showControls(text).replaceAll('\t', '  '), this.#terminal));
  }

  #note(text: string): void {
    const short = text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS)}…` : text;
    this.#terminal.out(`${dim(short.replace(/\s+/g, ' '), this.#terminal)}\n`);
  }
}

function describeResult(block: { text?: string | undefined; json?: unknown } | undefined): string {
  return block?.text ?? JSON.stringify(block?.json ?? '(a file)');
}

function addCost(session: Session, cost: Cost | undefined): void {
  session.turns += 1;
  if (cost === undefined || (session.total === undefined && session.turns > 1)) {
    session.total = undefined;
    return;
  }
  const { total = 0, estimated = false } = session.total ?? {};
  session.total = { total: total + cost.total, estimated: estimated || cost.estimated };
}
