import { until } from './check.js';

/** What a run works with, as JSON from the server. */
export interface Setup {
  /** Address of the local Bedrock. */
  url: string;
  region: string;
  /** Access keys, once without and once with a session token. */
  keys: { accessKeyId: string; secretAccessKey: string };
  session: { accessKeyId: string; secretAccessKey: string; sessionToken: string };
  /** A session that is over. */
  expired: { accessKeyId: string; secretAccessKey: string; sessionToken: string };
  apiKey: string;
  identityPoolId: string;
  guestRoleArn: string;
  /** A token of a user for the pool, and its provider. */
  login: { provider: string; token: string };
  /** Where nobody listens. */
  closedUrl: string;
  /** A page of another origin, which sees of an answer only what CORS lets it. */
  crossOrigin: boolean;
}

/** A request as the server has it. */
export interface Seen {
  operation?: string;
  method: string;
  status: number;
  errorType?: string;
  headers: Record<string, string>;
  body?: unknown;
}

/** What the route for visitors is asked. */
interface Question {
  text: string;
  modelId: string;
  /** How Bedrock is to fail. */
  fault?: string;
}

/** What the server tells of itself. */
export interface Server {
  begin(): Promise<Setup>;
  /** Requests since the case began, but for what leads nowhere. */
  seen(): Promise<Seen[]>;
  /** The same as lines, such as `ConverseStream 200`. */
  lines(): Promise<string[]>;
  /** How many answers are under way: a client that goes away ends its own. */
  live(): Promise<number>;
  /** Waits until no answer is under way. */
  untilQuiet(): Promise<void>;
  /** Fetches from a route that calls Bedrock for its visitor and answers with `toResponse()`. */
  chat(question: Question, init?: RequestInit): Promise<Response>;
}

/** The server's control routes as functions. */
export function connectServer(control: string): Server {
  const ask = async (path: string) => (await fetch(`${control}${path}`)).json();
  const live = async () => ((await ask('/live')) as { live: number }).live;
  const seen = async () => ((await ask('/seen')) as { seen: Seen[] }).seen;
  return {
    begin: async () => (await ask('/begin')) as Setup,
    seen,
    lines: async () => (await seen()).map(({ operation, status }) => `${operation} ${status}`),
    live,
    untilQuiet: () =>
      until(async () => (await live()) === 0, 'The server still has a connection that nobody reads.'),
    chat: (question, init) => fetch(`${control}/chat?${new URLSearchParams(Object.entries(question))}`, init),
  };
}
