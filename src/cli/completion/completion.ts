import { explain } from '../../index.js';
import { AWS_OPTIONS, FLAG, readArguments } from '../arguments.js';
import { listKnownModels } from '../ask/known-models.js';
import type { Command } from '../command.js';
import { writeHelp } from '../print/help-text.js';
import { type Terminal, UsageError } from '../print/terminal.js';
import { applyDefaults } from '../settings/defaults.js';
import { listOptions } from './options.js';
import { bashScript, zshScript } from './scripts.js';

const HELP = `Usage: bedrock-anywhere completion bash|zsh

Prints a script that completes commands, options and model ids in your shell. Install the program first, for
example with: npm install -g bedrock-anywhere

  bash: add to ~/.bashrc    source <(bedrock-anywhere completion bash)
  zsh:  add to ~/.zshrc     source <(bedrock-anywhere completion zsh)

Options
  --models            print the model ids that this package knows for the region instead, one on each line
  --profile <name>    AWS profile, for its region
  --region <region>   region of the models
  --help              show this
`;

/** Runs `bedrock-anywhere completion`. */
export async function runCompletion(
  args: readonly string[],
  commands: readonly Command[],
  terminal: Terminal,
): Promise<void> {
  const { values, words } = readArguments('completion', args, { ...AWS_OPTIONS, models: FLAG });
  if (values.help === true) {
    writeHelp(HELP, terminal);
    return;
  }
  if (values.models === true) {
    const { region: given } = await applyDefaults(values);
    const { region = 'us-east-1' } = await explain({ region: given });
    terminal.out((await listKnownModels(region)).map((id) => `${id}\n`).join(''));
    return;
  }
  const names = [...commands.map(({ name }) => name), 'help'];
  const options = await listOptions(commands);
  const [shell, ...more] = words;
  if (more.length === 0 && shell === 'bash') terminal.out(bashScript(names, options));
  else if (more.length === 0 && shell === 'zsh') terminal.out(zshScript(names, options));
  else
    throw new UsageError(
      'Name one shell, as in: npx bedrock-anywhere completion bash. There are bash and zsh.',
    );
}
