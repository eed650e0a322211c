import { expect } from 'vitest';
import { until } from '../clock.js';
import { run } from './run.js';

export const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
export const ASK = { model: CLAUDE, messages: [{ role: 'user', content: 'ping' }] };

/** Runs `serve` until the test is over with it. Returns the lines of its log. */
export async function serve(
  args: string[],
  use: (server: { url: string; apiKey: string; out: string; end: () => void }) => Promise<void>,
): Promise<Record<string, unknown>[]> {
  let out = '';
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const running = run(['serve', '--port', '0', ...args], {
    out: (text) => void (out += text),
    ended: () => ended,
  });
  let result: Awaited<typeof running> | undefined;
  running.then((value) => {
    result = value;
  });
  await until(() => out.includes('\n') || result !== undefined);
  if (result !== undefined) throw new Error(result.err);
  const { url, apiKey } = out.startsWith('{') ? (JSON.parse(out) as Record<string, string>) : {};
  try {
    await use({ url: url ?? '', apiKey: apiKey ?? '', out, end });
  } finally {
    end();
  }
  const { code, err } = await running;
  expect(code).toBe(0);
  // Nothing but the log.
  return err
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]));
}

export function post(
  url: string,
  apiKey: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}
