import { type BedrockError, type BedrockErrorCode, isBedrockError } from '../errors.js';
import type { Settings } from '../options.js';

/**
 * Failures that another model or region may not have. Of timeouts, only silence is one, whose verdict says so: `timeoutMs` is for
 * all models together.
 */
const OF_THE_MODEL: ReadonlySet<BedrockErrorCode> = new Set<BedrockErrorCode>([
  'ERR_THROTTLED',
  'ERR_QUOTA',
  'ERR_MODEL',
  'ERR_SERVICE',
  'ERR_NETWORK',
  'ERR_NOT_FOUND',
  'ERR_ACCESS_DENIED',
]);

/** One of the models that may answer a call. */
export interface Candidate<Request> {
  request: Request;
  settings: Settings;
}

/** The models of a call in the order in which they are tried: first the request's, then those in the option `fallback`. */
export class Candidates<Request extends { modelId: string | undefined }> {
  /** Requests that were sent to models that failed. */
  sent = 0;
  /** Why earlier models did not answer, as sentences. */
  readonly warnings: string[] = [];
  readonly #left: Candidate<Request>[];
  #current: Candidate<Request>;

  constructor(request: Request, settings: Settings) {
    this.#current = { request, settings };
    this.#left = (settings.fallback ?? []).map((given) => {
      const { modelId, region } = typeof given === 'string' ? { modelId: given } : given;
      return {
        request: { ...request, modelId },
        settings:
          region === undefined ? settings : { ...settings, region: { ...settings.region, call: region } },
      };
    });
  }

  get current(): Candidate<Request> {
    return this.#current;
  }

  /** Whether there is another model to try. */
  get hasNext(): boolean {
    return this.#left.length > 0;
  }

  /** Goes on to the next model after a failure of the current one. False if there is none, or if it would fail too. */
  goOn(error: unknown): error is BedrockError {
    const next = this.#left[0];
    if (next === undefined || !isBedrockError(error)) return false;
    if (!OF_THE_MODEL.has(error.code) && error.again !== 'elsewhere') return false;
    this.#left.shift();
    this.sent += error.attempts;
    this.warnings.push(`${this.#current.request.modelId} did not answer (${error.name}: ${error.message})`);
    this.#current = next;
    return true;
  }
}
