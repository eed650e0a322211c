import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { catalog } from '../../catalog/index.js';
import { type Bedrock, BedrockError, createBedrock, type Explanation, explain } from '../../index.js';
import { variable } from '../environment.js';
import { whileTurning } from '../print/spinner.js';
import { type Terminal, writeNote } from '../print/terminal.js';
import type { Defaults } from '../settings/defaults.js';
import { defaultModel } from './default-model.js';

/** A Bedrock to call, AWS's or a local one. */
export interface Connection {
  bedrock: Bedrock;
  modelId: string;
  region: string;
  isLocal: boolean;
}

/** What decides where a call goes. */
export interface Wish {
  defaults: Defaults;
  /** The model of the option. */
  model: string | undefined;
  /** Whether the option --local is given. */
  local: boolean;
  /** Whether a local Bedrock may answer if there are no credentials: only if a person is certain to read that it did. */
  mayFallBack: boolean;
  /** Used instead of the global `fetch`. */
  fetch?: typeof fetch;
}

const LOCAL_REGION = 'us-east-1';

/**
 * Connects to AWS with the credentials of the machine, or to a local Bedrock in this process.
 *
 * @throws BedrockError if there are no credentials, they cannot be used, or the settings are wrong
 */
export async function connect(wish: Wish, terminal: Terminal): Promise<Connection> {
  const { defaults, model = defaults.config.model } = wish;
  if (wish.local) return connectLocally(wish, model);
  const explaining = explain({ region: defaults.region, ...modelOption(model), resolve: true });
  const explanation = await whileTurning(terminal, 'Looking for credentials …', explaining);
  const { failure, region = LOCAL_REGION, credentials } = explanation;
  if (failure !== undefined) throw new BedrockError(failure);
  if (credentials.failure !== undefined) {
    if (!isWithoutCredentials(explanation)) throw new BedrockError(credentials.failure);
    if (!wish.mayFallBack) throw new BedrockError({ ...credentials.failure, message: NO_CREDENTIALS });
    writeNote(MADE_UP, terminal);
    return connectLocally(wish, model);
  }
  const options = { catalog, ...(wish.fetch !== undefined && { fetch: wish.fetch }) };
  return {
    bedrock: createBedrock({ ...options, region: defaults.region }),
    modelId: model ?? defaultModel(region),
    region,
    isLocal: false,
  };
}

const MADE_UP =
  'No AWS credentials were found, so the local Bedrock makes up what it answers. For a real answer: npx bedrock-anywhere doctor';

const NO_CREDENTIALS =
  'No AWS credentials were found. Find out what to set with: npx bedrock-anywhere doctor. For a made-up answer from the local Bedrock, add --local.';

function modelOption(modelId: string | undefined) {
  return modelId === undefined ? {} : { modelId };
}

/** Creates a local Bedrock in this process: nothing listens, and nothing is sent. */
async function connectLocally({ defaults, fetch }: Wish, model: string | undefined): Promise<Connection> {
  // The other commands start faster without it.
  const { createLocalBedrock } = await import('../../local/index.js');
  const region = defaults.region ?? variable('AWS_REGION') ?? variable('AWS_DEFAULT_REGION') ?? LOCAL_REGION;
  const local = createLocalBedrock({ region });
  const bedrock = createBedrock({
    region,
    endpoint: 'http://localhost',
    credentials: local.credentials,
    fetch: fetch ?? ((input, init) => local.fetch(new Request(input, init))),
    catalog,
  });
  return { bedrock, modelId: model ?? defaultModel(region), region, isLocal: true };
}

/** Variables that name credentials, besides the files of profiles: if one is set and fails, the user has to hear why. */
const PLACES = [
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
];

/** Whether nothing on this machine names credentials, as on one that has never been used with AWS. */
export function isWithoutCredentials({ credentials }: Explanation): boolean {
  if (credentials.failure === undefined || credentials.effective !== 'default-chain') return false;
  const folder = join(homedir(), '.aws');
  const files = [
    variable('AWS_CONFIG_FILE') ?? join(folder, 'config'),
    variable('AWS_SHARED_CREDENTIALS_FILE') ?? join(folder, 'credentials'),
  ];
  return PLACES.every((name) => variable(name) === undefined) && !files.some((file) => existsSync(file));
}
