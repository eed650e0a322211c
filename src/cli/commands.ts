import { runAsk } from './ask/ask.js';
import { runChat } from './chat/chat.js';
import type { Command } from './command.js';
import { runCompletion } from './completion/completion.js';
import { runDoctor } from './doctor/doctor.js';
import { runKey } from './key.js';
import { runLocal } from './local.js';
import { runModels } from './models/models.js';
import { runPlayground } from './playground/playground.js';
import { runPolicy } from './policy/policy.js';
import { runServe } from './serve/serve.js';
import { runWhoami } from './whoami.js';

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  { name: 'ask', summary: 'send a prompt to a model and print the answer', run: runAsk },
  { name: 'chat', summary: 'talk with a model in the terminal', run: runChat },
  {
    name: 'models',
    summary: 'list the models that you can invoke, with their limits and prices',
    run: runModels,
  },
  { name: 'doctor', summary: 'check what a call needs, and say what to do', run: runDoctor },
  {
    name: 'whoami',
    summary: 'show which credentials, account, region and endpoint are used, and why',
    run: runWhoami,
  },
  { name: 'key', summary: 'create a short-term API key from your access keys', run: runKey },
  { name: 'policy', summary: 'print the minimal IAM policy for your calls', run: runPolicy },
  {
    name: 'serve',
    summary: "start a gateway: clients of OpenAI and Anthropic use Bedrock's models",
    run: runServe,
  },
  {
    name: 'local',
    summary: "start a Bedrock on this machine that answers AWS's own clients",
    run: runLocal,
  },
  {
    name: 'playground',
    summary: 'serve a page to talk with models in',
    run: (args, terminal) => runPlayground(args, terminal),
  },
  {
    name: 'completion',
    summary: 'print a script that completes commands and models in bash or zsh',
    run: (args, terminal) => runCompletion(args, COMMANDS, terminal),
  },
];

/** The command of this name. */
export function findCommand(name: string): Command | undefined {
  return COMMANDS.find((command) => command.name === name);
}
