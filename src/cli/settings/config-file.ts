import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { variable } from '../environment.js';
import { parseFileText } from '../json-text.js';
import { UsageError } from '../print/terminal.js';
import { didYouMean } from './closest.js';
import { configFolder } from './folders.js';

/** Defaults of options, as the configuration file has them. */
export interface Config {
  model?: string;
  region?: string;
  profile?: string;
  system?: string;
  maxTokens?: number;
  temperature?: number;
  quiet?: boolean;
  history?: boolean;
}

type Check = (value: unknown) => boolean;
const isText: Check = (value) => typeof value === 'string' && value.trim() !== '';
const isFlag: Check = (value) => typeof value === 'boolean';

/** The members of the file, how each is checked, and what to write. */
const MEMBERS: Readonly<Record<keyof Config, readonly [isValid: Check, example: string]>> = {
  model: [isText, '"us.amazon.nova-lite-v1:0"'],
  region: [(value) => isText(value) && /^[a-z]{2,}(-[a-z0-9]+)+$/.test(String(value)), '"us-east-1"'],
  profile: [isText, '"work"'],
  system: [isText, '"You are brief."'],
  maxTokens: [(value) => Number.isInteger(value) && Number(value) > 0, '2000'],
  temperature: [(value) => typeof value === 'number' && value >= 0 && value <= 1, '0.2'],
  quiet: [isFlag, 'true'],
  history: [isFlag, 'false'],
};

/** The configuration file: in `BEDROCK_ANYWHERE_CONFIG`, otherwise `config.json` in the configuration folder. */
function configPath(): string | undefined {
  const folder = configFolder();
  return variable('BEDROCK_ANYWHERE_CONFIG') ?? (folder && join(folder, 'config.json'));
}

/**
 * Reads the configuration file. A missing one has no defaults.
 *
 * @throws UsageError if it cannot be read, is not JSON, or has a member that is unknown or wrong
 */
export async function readConfig(): Promise<Config> {
  const path = configPath();
  if (path === undefined) return {};
  const refuse = (reason: string): never => {
    throw new UsageError(`The configuration file ${path} ${reason}`);
  };
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isNamed = variable('BEDROCK_ANYWHERE_CONFIG') !== undefined;
    if (code === 'ENOENT' && !isNamed) return {};
    return refuse(
      code === 'ENOENT'
        ? 'does not exist. Create it, or unset BEDROCK_ANYWHERE_CONFIG.'
        : `cannot be read (${code}). Check that it is a file that you may read.`,
    );
  }
  const json = parseFileText(text, (reason) => refuse(`${reason}. Correct it, or delete it.`));
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return refuse('is not a JSON object. Write one such as { "region": "us-east-1" }.');
  for (const [name, value] of Object.entries(json)) {
    if (!Object.hasOwn(MEMBERS, name)) {
      const names = Object.keys(MEMBERS);
      return refuse(
        `has an unknown member "${name}".${didYouMean(name, names)} It may have ${names.join(', ')}.`,
      );
    }
    const [isValid, example] = MEMBERS[name as keyof Config];
    if (!isValid(value)) return refuse(`has a wrong value for "${name}". Write one such as ${example}.`);
  }
  return json as Config;
}
