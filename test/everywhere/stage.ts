import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import type { LocalServer, LocalServerOptions } from 'bedrock-anywhere/local/node';
import { closedPort } from '../closed-port.js';
import { bundleEntry } from './install.js';
import { ask, client, PING, PONG } from './requests.js';
import type { Seen, Setup } from './server.js';
import type { Core, Outcome, Report } from './suite.js';

/** One local Bedrock, and a server of another origin beside it: it serves the page, and tells what Bedrock has seen. */
export interface Stage {
  /** Address of the page and the control routes, by the name that makes them another origin than Bedrock's. */
  pageUrl: string;
  /** The same by its number, as processes reach it at once. */
  control: string;
  /**
   * Hands on what the next runtime reports, and resolves when it is done. Rejects when it crashed, takes very long, or
   * nothing is heard of it. A runtime in a page of another origin sees less of an answer.
   */
  hear(note: (outcome: Outcome) => void, crossOrigin?: boolean): Promise<void>;
  close(): Promise<void>;
}

const SESSION = {
  accessKeyId: 'ASIAEVERYWHERE000001',
  secretAccessKey: 'secret+of/the+session',
  sessionToken: 'token+of/the=session',
};
const EXPIRED = {
  accessKeyId: 'ASIAEVERYWHERE000002',
  secretAccessKey: 'secret+that/is+over',
  sessionToken: 'token+that/is=over',
};
const LOGIN = { provider: 'login.example.com', token: 'token of the user' };

/** Each case asks within its time limit; a runtime that does not has crashed, or has not begun. */
const SILENCE_MS = 300_000;
const WHOLE_RUN_MS = 1_200_000;

/** Starts both from the installed package. */
export async function openStage(installed: string): Promise<Stage> {
  const inPackage = (file: string) =>
    pathToFileURL(join(installed, 'node_modules/bedrock-anywhere/dist/node', file)).href;
  const { startLocalBedrock } = (await import(
    inPackage('local-node.js')
  )) as typeof import('bedrock-anywhere/local/node');
  const lib = (await import(inPackage('index.js'))) as Core;
  const page = await bundleEntry('page', installed);
  const closedUrl = `http://127.0.0.1:${closedPort()}`;
  const local = await startLocalBedrock(await bedrockOptions(lib, startLocalBedrock));
  let setup: Setup = {
    url: local.url,
    region: local.region,
    keys: local.credentials,
    session: SESSION,
    expired: EXPIRED,
    apiKey: local.apiKey,
    identityPoolId: local.identityPoolId,
    guestRoleArn: local.guestRoleArn,
    login: LOGIN,
    closedUrl,
    crossOrigin: false,
  };
  let before: LocalServer['requests'][number] | undefined;
  /** Connections that earlier cases have left open are theirs to answer for. */
  let leftOver = 0;
  let onReport: (report: Report) => void = () => {};
  let silence: NodeJS.Timeout | undefined;
  let wholeRun: NodeJS.Timeout | undefined;

  const csp = `default-src 'none'; script-src 'self'; connect-src 'self' ${local.url} ${closedUrl}`;
  const html = '<!doctype html><title>everywhere</title><script src="/page.js"></script>';
  const seen = (): Seen[] =>
    local.requests
      .slice(before === undefined ? 0 : local.requests.lastIndexOf(before) + 1)
      .flatMap(({ operation, method, status, errorType, headers, body }) =>
        operation === undefined
          ? []
          : [{ operation, method, status, headers, body, ...(errorType !== undefined && { errorType }) }],
      );
  const routes: Record<string, () => unknown> = {
    '/begin'() {
      before = local.requests.at(-1);
      leftOver = local.liveConnections();
      return setup;
    },
    '/live': () => ({ live: Math.max(0, local.liveConnections() - leftOver) }),
    '/seen': () => ({ seen: seen() }),
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://stage');
    silence?.refresh();
    if (pathname === '/page' || pathname === '/strict') {
      const headers = pathname === '/strict' ? { 'content-security-policy': csp } : {};
      response.writeHead(200, { 'content-type': 'text/html', ...headers }).end(html);
    } else if (pathname === '/page.js') {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(page);
    } else if (pathname === '/chat') {
      const { text = '', modelId = '', fault } = Object.fromEntries(searchParams);
      const headers = fault === undefined ? {} : { 'x-local-fault': fault };
      const answer = client({ lib, setup }).stream({ ...ask(text), modelId }, { headers });
      await send(await answer.toResponse(), response);
    } else if (pathname === '/report') {
      onReport(JSON.parse(await text(request)) as Report);
      response.end();
    } else {
      const json = routes[pathname]?.();
      response.writeHead(json === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(json ?? null));
    }
  }
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  function stopTimers(): void {
    clearTimeout(silence);
    clearTimeout(wholeRun);
  }

  return {
    pageUrl: `http://localhost:${port}`,
    control: `http://127.0.0.1:${port}`,
    hear(note, crossOrigin = false) {
      setup = { ...setup, crossOrigin };
      stopTimers();
      const over = new Promise<void>((resolve, reject) => {
        const late = (what: string, ms: number) =>
          setTimeout(() => reject(new Error(`${what} ${ms} ms.`)), ms);
        silence = late('Nothing was heard of it for', SILENCE_MS);
        wholeRun = late('It takes longer than', WHOLE_RUN_MS);
        onReport = (report) => {
          if (report === 'done') resolve();
          else if ('crashed' in report) reject(new Error(report.crashed));
          else note(report);
        };
      });
      return over.finally(stopTimers);
    },
    async close() {
      stopTimers();
      server.closeAllConnections();
      server.close();
      await local.close();
    },
  };
}

/** Answers a visitor with a response; who leaves ends it. */
async function send({ status, headers, body }: Response, response: ServerResponse): Promise<void> {
  response.writeHead(status, Object.fromEntries(headers)).flushHeaders();
  const reader = body?.getReader();
  response.on('close', () => reader?.cancel());
  for (let step = await reader?.read(); step?.done === false; step = await reader?.read())
    response.write(step.value);
  response.end();
}

/** What the local Bedrock knows and answers. */
async function bedrockOptions(
  lib: Core,
  start: (options: LocalServerOptions) => Promise<LocalServer>,
): Promise<LocalServerOptions> {
  const words = Array.from({ length: 2000 }, (_, index) => `word ${index}`).join(', ');
  const script: NonNullable<LocalServerOptions['script']> = [
    { toolResult: '21', text: 'It is 21 degrees.' },
    { user: 'ping', model: 'nova-pro', error: 'AccessDeniedException' },
    { user: 'ping', text: PONG },
    { user: 'on and on', text: 'on and on '.repeat(10_000) },
    { user: 'weather', toolUse: { name: 'get_weather', input: { city: 'Bern' } } },
    {
      user: 'think',
      reasoning: {
        text: 'First this, then that.',
        signature: 'c2ln',
        redacted: new Uint8Array([0, 1, 2, 253, 254, 255]),
      },
      text: 'Done.',
    },
    { user: 'long', text: words },
    { user: 'scripts', text: 'Zürich, Ελλάδα, 東京, 🇪🇺👩‍👩‍👧 é' },
  ];
  const bytes = await recorded(lib, start, script);
  return {
    credentials: [SESSION, { ...EXPIRED, expiration: new Date(0) }],
    logins: { [LOGIN.provider]: LOGIN.token },
    script: [...script, { user: 'whole', frames: [bytes] }, { user: 'in pieces', frames: inPieces(bytes) }],
  };
}

/** The bytes of an answer. */
async function recorded(
  lib: Core,
  start: (options: LocalServerOptions) => Promise<LocalServer>,
  script: NonNullable<LocalServerOptions['script']>,
): Promise<Uint8Array> {
  const local = await start({ script });
  let copy: Promise<ArrayBuffer> | undefined;
  const tee: typeof fetch = async (...args) => {
    const response = await fetch(...args);
    copy = response.clone().arrayBuffer();
    return response;
  };
  const { url, region, credentials } = local;
  const setup = { url, region, keys: credentials } as Setup;
  await client({ lib, setup }, { fetch: tee }).stream(PING).text();
  const bytes = new Uint8Array((await copy) ?? new ArrayBuffer(0));
  await local.close();
  return bytes;
}

/** Cuts of 1 to 16 bytes, so that every part of a frame is cut somewhere. */
function inPieces(bytes: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = 1 + (pieces.length % 16);
    pieces.push(bytes.slice(at, at + length));
    at += length;
  }
  return pieces;
}
