import { type ClientOptions, createBedrock, type DiscoverOptions, type Discovery } from '../../src/index.js';
import { createLocalBedrock, type LocalBedrockOptions } from '../../src/local/index.js';

/** An account whose control plane is asked through `fetch`, with what was asked and ways to make it fail. */
export interface Account {
  discover(options?: DiscoverOptions): Promise<Discovery>;
  /** Operations in the order in which they were asked. */
  asked: string[];
  /** Answers to give instead, by operation; `undefined` for none. */
  answers: Record<string, (() => Response | Promise<Response>) | undefined>;
  client: ClientOptions;
}

let accounts = 0;

/** A fresh account: what one test keeps in the memory of the process is not seen by another. */
export function account(options: LocalBedrockOptions = {}, client: ClientOptions = {}): Account {
  const local = createLocalBedrock(options);
  const asked: string[] = [];
  const answers: Account['answers'] = {};
  const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init);
    const { pathname } = new URL(request.url);
    const operation = pathname.split('/')[1] ?? '';
    asked.push(operation);
    return (await answers[operation]?.()) ?? local.fetch(request);
  };
  const all: ClientOptions = {
    endpoint: `https://account-${accounts++}.example`,
    region: local.region,
    credentials: local.credentials,
    fetch,
    maxAttempts: 1,
    ...client,
  };
  return { discover: (own) => createBedrock(all).discover(own), asked, answers, client: all };
}

export const denied = (): Response =>
  Response.json(
    { message: 'User: arn:aws:iam::123456789012:user/x is not authorized to perform this.' },
    { status: 403, headers: { 'x-amzn-errortype': 'AccessDeniedException' } },
  );

export const down = (): Promise<Response> => Promise.reject(new TypeError('fetch failed'));
