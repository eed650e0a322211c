import { type ClientOptions, createBedrock } from 'bedrock-anywhere';
import {
  createGateway,
  fromKeys,
  type Gateway,
  type GatewayLogEntry,
  type GatewayOptions,
  type GatewayUsage,
  hashKey,
} from 'bedrock-anywhere/gateway';
import {
  createLocalBedrock,
  type LocalBedrock,
  type LocalBedrockOptions,
  localTransport,
} from 'bedrock-anywhere/local';

export const KEY = 'sk-gateway-0123456789abcdef';

/** A gateway over a local Bedrock in this process. */
export interface TestGateway {
  gateway: Gateway;
  local: LocalBedrock;
  log: GatewayLogEntry[];
  request(path: string, body?: unknown, headers?: Record<string, string>, init?: RequestInit): Request;
  send(path: string, body?: unknown, headers?: Record<string, string>, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
  usage(): GatewayUsage[];
  /** The body of the last request that reached Bedrock. */
  sent(): Record<string, unknown>;
}

export interface Setup {
  local?: LocalBedrockOptions;
  client?: ClientOptions;
  gateway?: Partial<GatewayOptions>;
}

export async function setUp({ local: options, client, gateway: more }: Setup = {}): Promise<TestGateway> {
  const local = createLocalBedrock(options);
  const log: GatewayLogEntry[] = [];
  const gateway = createGateway({
    bedrock: createBedrock({ transport: localTransport(local), maxRetryDelayMs: 0, ...client }),
    authorize: fromKeys([{ name: 'team-a', hash: await hashKey(KEY) }]),
    forwardHeaders: ['x-local-fault'],
    // Most tests are about translating.
    passThrough: 'never',
    log: (entry) => log.push(entry),
    ...more,
  });
  const request: TestGateway['request'] = (path, body, headers = {}, init = {}) =>
    new Request(`http://gateway.test${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', ...headers },
      ...init,
    });
  return {
    gateway,
    local,
    log,
    request,
    close: () => gateway.close(),
    usage: () => gateway.usage(),
    sent: () => local.requests.at(-1)?.body as Record<string, unknown>,
    send: (...args) => gateway.fetch(request(...args)),
  };
}

export const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
export const NEW_CLAUDE = 'us.anthropic.claude-opus-4-7';
export const NOVA = 'us.amazon.nova-pro-v1:0';
export const GPT_OSS = 'openai.gpt-oss-120b-1:0';

/** An event of a stream: its name, and its data as JSON. */
export interface Sse {
  name: string | undefined;
  data: Record<string, unknown> | '[DONE]';
}

/** Reads a stream strictly: every event is `event:` and `data:`, or `data:`, or a comment, and ends with a blank line. */
export function parseSse(text: string): Sse[] {
  if (text !== '' && !text.endsWith('\n\n'))
    throw new Error(`The stream ends inside an event: ${text.slice(-200)}`);
  return text
    .split('\n\n')
    .slice(0, -1)
    .filter((event) => !event.startsWith(':'))
    .map((event) => {
      const [, name, data] = /^(?:event: ([\w.]+)\n)?data: (.*)$/.exec(event) ?? [];
      if (data === undefined) throw new Error(`This is not an event: ${event}`);
      return { name, data: data === '[DONE]' ? data : (JSON.parse(data) as Record<string, unknown>) };
    });
}

/** Why a request failed, as the operator's log has it. */
export function causeOf(entry: GatewayLogEntry | undefined): string {
  return String(entry?.error instanceof Error ? entry.error.cause : undefined);
}

// biome-ignore lint/suspicious/noExplicitAny: tests read answers of three protocols by their members.
export async function json(response: Response): Promise<any> {
  return response.json();
}
