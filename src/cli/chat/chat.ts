import { AWS_OPTIONS, FLAG, filled, readOptions, TEXT } from '../arguments.js';
import { keepConversation, readModelOptions, requireLast } from '../ask/ask.js';
import { connect } from '../ask/connection.js';
import { listKnownModels } from '../ask/known-models.js';
import { writeError } from '../print/error.js';
import { writeHelp } from '../print/help-text.js';
import { type Terminal, UsageError, wrapped } from '../print/terminal.js';
import { applyDefaults } from '../settings/defaults.js';
import { completeLine, runChatCommand } from './commands.js';
import { type Keyboard, openKeyboard } from './keyboard.js';
import type { Session } from './session.js';
import { askBeforeRunning, loadTools } from './tools-module.js';
import { takeTurn } from './turn.js';

const HELP = `Usage: bedrock-anywhere chat [options]

Talks with a model in the terminal. In the chat, /help lists the commands, Ctrl+C stops an answer and Ctrl+D leaves.

Options
  -m, --model <id>       model or inference profile, by id or ARN; default Amazon Nova Lite
  -s, --system <text>    system prompt
  -c, --continue         continue the last conversation, also one of ask
      --tools <file>     module whose default export has tools that the model may call; you are asked before each call
      --yes              do not ask before a tool is called
      --max-tokens <n>   maximum length of an answer
      --temperature <n>  0 to 1: how much answers vary
      --local            let a local Bedrock make up the answers: no account, no cost
      --no-history       do not keep the conversation for --continue
      --profile <name>   AWS profile
      --region <region>  AWS region
  -h, --help             show this

Without credentials, a local Bedrock makes up the answers.
`;

const PROMPT = '> ';

/** Runs `bedrock-anywhere chat`. */
export async function runChat(args: readonly string[], terminal: Terminal): Promise<void> {
  const values = readOptions('chat', args, {
    ...AWS_OPTIONS,
    model: { type: 'string', short: 'm' },
    system: { type: 'string', short: 's' },
    continue: { type: 'boolean', short: 'c' },
    tools: TEXT,
    yes: FLAG,
    'max-tokens': TEXT,
    temperature: TEXT,
    local: FLAG,
    'no-history': FLAG,
  });
  if (values.help === true) {
    writeHelp(HELP, terminal);
    return;
  }
  if (terminal.keyboard === undefined)
    throw new UsageError(
      'chat needs a terminal for input and output. In a pipe, use: npx bedrock-anywhere ask',
    );
  const options = readModelOptions(values);
  const path = filled('--tools', values.tools);
  const defaults = await applyDefaults(values);
  const { config } = defaults;
  const tools = path === undefined ? undefined : await loadTools(path);
  const last = values.continue === true ? await requireLast(values.local === true) : undefined;
  const model = options.model ?? last?.modelId;
  const wish = { defaults, model, local: values.local === true, mayFallBack: last === undefined };
  const connection = await connect(wish, terminal);
  let models: string[] = [];
  const keyboard = openKeyboard(terminal.keyboard, (line) => completeLine(line, models));
  // The list is only for completion, so nobody waits for it, and nothing is lost if it fails.
  void listKnownModels(connection.region).then(
    (ids) => {
      models = ids;
    },
    () => undefined,
  );
  const session: Session = {
    connection,
    modelId: connection.modelId,
    system: options.system ?? last?.system ?? config.system,
    messages: last?.messages ?? [],
    models: last?.messages.map(() => last.modelId) ?? [],
    attachments: [],
    tools: tools === undefined || values.yes === true ? tools : askBeforeRunning(tools, keyboard),
    options,
    config,
    total: { total: 0, estimated: false },
    turns: 0,
  };
  const isKept = values['no-history'] !== true && config.history !== false;
  const welcome = `${session.modelId} in ${connection.region}. /help lists the commands, Ctrl+C stops an answer, Ctrl+D leaves.`;
  terminal.out(`${wrapped(welcome, terminal).join('\n')}\n`);
  try {
    await converse(session, keyboard, isKept, terminal);
  } finally {
    keyboard.close();
    terminal.out('\n');
  }
}

async function converse(
  session: Session,
  keyboard: Keyboard,
  isKept: boolean,
  terminal: Terminal,
): Promise<void> {
  for (;;) {
    const line = await keyboard.read(PROMPT);
    if (line === undefined) return;
    if (line.trim() === '') continue;
    try {
      if (line.startsWith('/')) {
        if (await runChatCommand(line, session, terminal)) return;
        continue;
      }
      const stop = new AbortController();
      keyboard.onInterrupt(() => stop.abort());
      await takeTurn(session, line, stop.signal, terminal);
    } catch (error) {
      writeError(error, terminal);
      continue;
    } finally {
      keyboard.onInterrupt(undefined);
    }
    const { connection, modelId, system, messages } = session;
    if (isKept && messages.length > 0)
      await keepConversation({ modelId, system, messages, isLocal: connection.isLocal }, terminal);
  }
}
