import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type ErrorPage, readErrorPages } from '../src/cli/help/error-pages.js';
import { cancelledError, truncatedError } from '../src/converse/stream/errors.js';
import type { BedrockError, BedrockErrorCode } from '../src/index.js';
import { connectionError } from '../src/transport/connection-error.js';
import { idleError } from '../src/transport/idle.js';
import { MEANINGS, meaningOf } from '../src/wire/exceptions.js';
import { protocolError } from '../src/wire/frame.js';

const PAGES = readErrorPages();

/** An item of a section, such as `Retried`, without line breaks. */
function itemOf({ code, text }: ErrorPage, label: string): string {
  const [, item] =
    text.replace(/\n {2}/g, ' ').match(new RegExp(`^- \\*\\*${label}:\\*\\* (.*)$`, 'm')) ?? [];
  if (item === undefined) throw new Error(`The section ${code} has no "${label}".`);
  return item;
}

/** The names and statuses that AWS sends for a code, according to its section. */
function listNames(page: ErrorPage): string[] {
  return [...itemOf(page, 'AWS sends').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
}

const LISTED = PAGES.flatMap((page) => listNames(page).map((name) => [name, page.code] as const));

it('docs/errors.md has a section for each code and no other, in the order of the type', () => {
  const source = readFileSync('src/bedrock-error.ts', 'utf8');
  const [, type = ''] = /export type BedrockErrorCode =([^;]*);/.exec(source) ?? [];
  const codes = [...type.matchAll(/'(ERR_\w+)'/g)].map(([, code]) => code);
  expect(codes).toContain('ERR_PROTOCOL');
  expect(PAGES.map(({ code }) => code)).toEqual(codes);
});

it.each(PAGES.map((page) => [page.code, page] as const))(
  '%s says what happened, the causes, whether it is retried, and what to do',
  (_code, page) => {
    expect(page.summary).toMatch(/^[A-Z].*\.$/);
    for (const label of ['Usual causes', 'Retried', 'retryable']) expect(itemOf(page, label)).not.toBe('');
    expect(page.text).toMatch(/^What to do:\n\n- \S/m);
  },
);

it.each(LISTED)('%s is listed under the code that it gets, %s', (name, code) => {
  const isStatus = /^\d+$/.test(name);
  const meaning = isStatus ? meaningOf(undefined, Number(name)) : meaningOf(name);
  expect(meaning.code).toBe(code);
});

it('every exception and status whose meaning is known is listed', () => {
  const known = MEANINGS.flatMap(([code, , names]) => names.split(' ').map((name) => `${name} ${code}`));
  expect(LISTED.map(([name, code]) => `${name} ${code}`).sort()).toEqual(known.sort());
});

const endpoint = new URL('https://bedrock-runtime.us-east-1.amazonaws.com');
const OWN: Partial<Record<BedrockErrorCode, BedrockError>> = {
  ERR_NETWORK: connectionError(new TypeError('fetch failed'), endpoint, 'request'),
  ERR_TIMEOUT: idleError(1, 'stream'),
  ERR_CANCELLED: cancelledError(undefined),
  ERR_TRUNCATED: truncatedError(),
  ERR_PROTOCOL: protocolError('It is not JSON'),
};

it.each(PAGES.map((page) => [page.code as BedrockErrorCode, page] as const))(
  '%s has the retryable that its section states',
  (code, page) => {
    const found = new Set(MEANINGS.filter(([of]) => of === code).map(([, retryable]) => retryable));
    const own = OWN[code];
    if (own !== undefined) found.add(own.retryable);
    // Nothing makes a redirect worth another try.
    if (code === 'ERR_REDIRECT') found.add(false);
    const stated = itemOf(page, 'retryable');
    expect(stated).toMatch(found.size === 2 ? /^true or false/ : new RegExp(`^${[...found][0]}(?:;|$)`));
  },
);
