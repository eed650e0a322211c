import { inputError } from '../../errors.js';
import { listSecrets } from '../../foreign-text/foreign-text.js';
import { readOptions } from '../../input/options.js';
import { callback, object, refuse, text } from '../../input/read.js';

/** A real model behind a local Bedrock: a server with OpenAI's Chat Completions API. The names are those of OpenAI's clients. */
export interface LocalUpstream {
  /** Its base URL, such as `http://127.0.0.1:11434/v1`. Default path: `/v1`. */
  baseURL: string;
  /**
   * Name of the model there. Default: the id of the requested model if the upstream lists it, otherwise the first model that it
   * lists, embedding models aside.
   */
  model?: string | undefined;
  /**
   * Name of an embedding model there, which makes the vectors of Bedrock's embedding models. They keep the dimensions of those:
   * shorter vectors are filled up with zeros, longer ones truncated. Default: none; vectors are made of the words of a text.
   */
  embeddingModel?: string | undefined;
  /** Sent as `Authorization: Bearer …`. Default: none. */
  apiKey?: string | undefined;
  /** Headers to send besides. Default: none. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Default: the runtime's `fetch`. */
  fetch?: typeof fetch | undefined;
}

/** An upstream whose options were checked. */
export interface Target {
  /** Without a slash at the end. */
  baseURL: string;
  model: string | undefined;
  embeddingModel: string | undefined;
  headers: Record<string, string>;
  /** What messages must not contain. */
  secrets: string[];
  fetch: typeof fetch | undefined;
}

const OPTIONS = {
  baseURL: text,
  model: text,
  embeddingModel: text,
  apiKey: text,
  headers: object,
  fetch: callback,
};

/**
 * Checks the option `upstream`: a URL, or a URL with more.
 *
 * @throws BedrockError `ERR_INPUT`
 */
export function readUpstream(given: string | LocalUpstream): Target {
  const options: Partial<LocalUpstream> =
    typeof given === 'string'
      ? { baseURL: given }
      : readOptions<LocalUpstream>(given, OPTIONS, 'upstream', (name) =>
          /^(?:base_?)?ur[li]$|^endpoint$/i.test(name) ? 'baseURL' : undefined,
        );
  const { model, embeddingModel, apiKey, headers = {} } = options;
  for (const [name, value] of Object.entries({ model, embeddingModel }))
    if (value?.trim() === '') refuse([`upstream.${name}`], value, 'the name of a model, or omit it', true);
  const sent: Record<string, string> = {};
  if (apiKey !== undefined && apiKey !== '') sent['authorization'] = `Bearer ${apiKey}`;
  for (const [name, value] of Object.entries(headers)) sent[name.toLowerCase()] = String(value);
  checkHeaders(sent);
  return {
    baseURL: readBaseUrl(options.baseURL),
    model,
    embeddingModel,
    headers: sent,
    secrets: [...(apiKey ? [apiKey] : []), ...listSecrets(sent)],
    fetch: options.fetch,
  };
}

/** The URL appears in errors, so it must not contain a secret. */
function readBaseUrl(given: string | undefined): string {
  const url = parse(given ?? '');
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw inputError(
      'upstream is not a URL with http: or https:. Pass the base URL of an OpenAI-compatible API, such as http://127.0.0.1:11434/v1.',
    );
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw inputError(
      'The URL of upstream has credentials, a query or a fragment. Pass only its origin and path, and a key as apiKey or in headers.',
    );
  }
  if (url.pathname.endsWith('/chat/completions')) {
    throw inputError(
      'The URL of upstream ends with /chat/completions. Pass the base URL, which is everything before.',
    );
  }
  let path = url.pathname;
  while (path.endsWith('/')) path = path.slice(0, -1);
  return url.origin + (path === '' ? '/v1' : path);
}

function parse(given: string): URL | undefined {
  try {
    return new URL(given);
  } catch {
    return undefined;
  }
}

/** `fetch` would quote a value that it cannot send. */
function checkHeaders(headers: Record<string, string>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (/^[\w-]+$/.test(name) && /^[\t\x20-\x7e]*$/.test(value)) continue;
    const what = name === 'authorization' ? 'The apiKey' : 'A header';
    throw inputError(
      `${what} of upstream has characters that cannot be sent. Check it for line breaks and for letters beyond ASCII.`,
    );
  }
}
