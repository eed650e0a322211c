import { catalog } from '../../catalog/index.js';
import { createBedrockFetch } from '../../fetch.js';
import { type Bedrock, createBedrock, isBedrockError } from '../../index.js';

/** Bedrock with the credentials of this machine, for the page. */
export interface Machine {
  region: string;
  /** Where the credentials come from, in words. */
  source: string;
  /** Sends a call that the page has made, signed. */
  forward(path: string, body: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<Response>;
  models(signal: AbortSignal): Promise<Response>;
}

/** The calls that the page makes. Nothing else is signed. */
const PATH = /^\/model\/[^/?#]{1,2048}\/(?:converse-stream|converse|count-tokens)$/;

/** Headers of an answer that the page reads. */
const PASSED = /^(?:content-type|retry-after|x-amzn-requestid|x-amzn-errortype|x-amzn-bedrock-[a-z-]+)$/;

const DEFAULT_MODEL = 'amazon.nova-lite-v1:0';

/** @param region Undefined: the library finds it, as everywhere. */
export function createMachine(
  region: string | undefined,
  shown: { region: string; source: string },
): Machine {
  const where = region === undefined ? {} : { region };
  const bedrock: Bedrock = createBedrock({ ...where, catalog });
  // Signs for the endpoint of models, whatever the model.
  const { baseURL, fetch } = createBedrockFetch({
    ...where,
    protocol: 'openai',
    model: DEFAULT_MODEL,
    endpoint: 'runtime',
  });
  const { origin } = new URL(baseURL);
  return {
    ...shown,
    async forward(path, body, signal) {
      if (!PATH.test(path))
        return refuse(404, 'UnknownOperationException', 'The playground makes no such call.');
      try {
        const answer = await fetch(`${origin}${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept: acceptOf(path) },
          body,
          signal,
        });
        const headers = [...answer.headers].filter(([name]) => PASSED.test(name));
        return new Response(answer.body, { status: answer.status, headers });
      } catch (error) {
        return describe(error);
      }
    },
    async models(signal) {
      try {
        const { models } = await bedrock.discover({ signal, expandProfiles: true });
        return Response.json({ models }, { headers: { 'cache-control': 'no-store' } });
      } catch (error) {
        return describe(error);
      }
    },
  };
}

function acceptOf(path: string): string {
  return path.endsWith('-stream') ? 'application/vnd.amazon.eventstream' : 'application/json';
}

/** How AWS would say it, so that the page understands. */
const NAMES: Readonly<Record<string, readonly [status: number, name: string]>> = {
  ERR_INPUT: [400, 'ValidationException'],
  ERR_CREDENTIALS: [403, 'UnrecognizedClientException'],
  ERR_ACCESS_DENIED: [403, 'AccessDeniedException'],
  ERR_NETWORK: [503, 'ServiceUnavailableException'],
};

function describe(error: unknown): Response {
  const [status, name] = (isBedrockError(error) ? NAMES[error.code] : undefined) ?? [
    500,
    'InternalServerException',
  ];
  return refuse(status, name, error instanceof Error ? error.message : String(error));
}

/** An error in the form of AWS. */
export function refuse(status: number, name: string, message: string): Response {
  return Response.json(
    { message },
    { status, headers: { 'x-amzn-errortype': name, 'cache-control': 'no-store' } },
  );
}
