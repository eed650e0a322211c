import { parseModelId } from '../catalog/model-id.js';
import { hasChain } from '../credentials/ambient.js';
import { readVariable } from '../credentials/environment.js';
import { CALL_OPTIONS, CLIENT_OPTIONS, readCallOptions } from '../input/call-options.js';
import { any, flag, type Read } from '../input/read.js';
import type { CallOptions, ClientOptions, Settings } from '../options.js';
import { Abort } from '../transport/abort.js';
import { resolveSettings } from '../transport/settings.js';
import { type ExplainedCredentials, explainCredentials } from './credentials.js';
import {
  type Aim,
  type ExplainedDestination,
  type ExplainedFailure,
  explainDestination,
  toFailure,
} from './destination.js';
import { listWarnings } from './warnings.js';

/** Options of `explain()`: those of the call to explain, its model and its defaults. */
export interface ExplainOptions extends CallOptions {
  /** Model of the call: an ARN decides the region. Default: none. */
  modelId?: string | undefined;
  /** Options bound by `createBedrock()`; those of the call override them. Default: none. */
  defaults?: ClientOptions | undefined;
  /**
   * Whether to call the credential provider, which may send requests, for key id, account and expiration. Without it only
   * credentials that are already available are described, and nothing is sent. Default: false.
   */
  resolve?: boolean | undefined;
}

/** Where calls go, with which credentials, and why. It contains no secret. */
export interface Explanation extends ExplainedDestination {
  /** Where `discover()` sends its requests. */
  discovery: ExplainedDestination;
  /** Where `getCallerIdentity()` sends its request; undefined with a transport, which has no such call. */
  identity: ExplainedDestination | undefined;
  credentials: ExplainedCredentials;
  /** The AWS profile that is read if one is needed, `default` if none is named; undefined in builds without profiles. */
  profile: string | undefined;
  /** Sentences about settings that may not do what you meant. */
  warnings: string[];
}

/**
 * Explains which credentials, region and endpoint a call would use, and what decided each. Nothing is sent, unless
 * `resolve` calls the credential provider. Wrong settings are part of the explanation: `failure` is the error that would
 * stop a call before it is sent.
 *
 * @throws BedrockError `ERR_INPUT` for an option that is unknown or has an invalid value; an abort rejects with
 * `signal.reason`.
 *
 * @example
 * ```ts
 * import { explain } from 'bedrock-anywhere';
 *
 * const { region, regionFrom, endpoint, credentials, warnings } = await explain({ resolve: true });
 * console.log(`${region} (${regionFrom}), ${endpoint}, ${credentials.effective} ${credentials.keyId}`);
 * for (const warning of warnings) console.warn(warning);
 * ```
 */
export async function explain(options: ExplainOptions = {}): Promise<Explanation> {
  const { modelId, defaults = {}, resolve = false, ...call } = readExplainOptions(options);
  const settings = resolveSettings(defaults, call, 'explain()');
  const { signal, timeoutMs, transport } = settings;
  const abort = new Abort(signal, timeoutMs ?? 0);
  try {
    abort.throwIfAborted();
    const { explained: models, destination } = await explainCall(settings, modelId, abort);
    const { explained: discovery } = await explainDestination(settings, 'bedrock', abort);
    const identity = transport === undefined ? await explainDestination(settings, 'sts', abort) : undefined;
    const credentials = await explainCredentials(settings, destination, resolve, abort);
    // A time limit that ran out is a failure like others; the caller's own abort is not.
    if (signal?.aborted) abort.throwIfAborted();
    return {
      ...models,
      discovery,
      identity: identity?.explained,
      credentials,
      profile: hasChain ? (readVariable('AWS_PROFILE') ?? 'default') : undefined,
      warnings: listWarnings({ models, discovery, credentials }),
    };
  } finally {
    abort.dispose();
  }
}

function readExplainOptions(options: ExplainOptions): ExplainOptions {
  const defaults: Read = (value) => readCallOptions(value, CLIENT_OPTIONS, 'defaults of explain()');
  const known = { ...CALL_OPTIONS, modelId: any, defaults, resolve: flag };
  return readCallOptions(options, known satisfies Record<keyof ExplainOptions, Read>, 'explain()');
}

/** Explains where a call to a model goes. A malformed `modelId` becomes the failure; everything else is still explained. */
async function explainCall(settings: Settings, modelId: string | undefined, abort: Abort): Promise<Aim> {
  let modelRegion: string | undefined;
  let failure: ExplainedFailure | undefined;
  try {
    if (modelId !== undefined) modelRegion = parseModelId(modelId).region;
  } catch (error) {
    failure = toFailure(error);
  }
  const aim = await explainDestination(settings, 'bedrock-runtime', abort, modelRegion);
  return failure === undefined ? aim : { ...aim, explained: { ...aim.explained, failure } };
}
