import { describe, expect, it } from 'vitest';
import type { BedrockError } from '../../src/errors.js';
import { errorOfResponse, foreignBody, retryAfterMs } from '../../src/wire/error-body.js';

describe('throttling and quotas', () => {
  it.each([
    ['ThrottlingException', 429, 'Too many tokens, please wait before trying again.', 'ERR_THROTTLED', true],
    ['ServiceUnavailableException', 503, 'Too many requests', 'ERR_THROTTLED', true],
    ['ValidationException', 400, 'Rate exceeded', 'ERR_THROTTLED', true],
    ['ServiceQuotaExceededException', 400, 'Rate exceeded', 'ERR_THROTTLED', true],
    [undefined, 400, 'Too many tokens', 'ERR_THROTTLED', true],
    [
      'ThrottlingException',
      429,
      'Too many tokens per day, please wait before trying again.',
      'ERR_QUOTA',
      false,
    ],
    ['ThrottlingException', 429, 'You have reached your daily limit.', 'ERR_QUOTA', false],
    ['ValidationException', 400, 'Too many tokens per day', 'ERR_QUOTA', false],
    [undefined, 429, 'Too many tokens per day', 'ERR_QUOTA', false],
    ['AccessDeniedException', 403, 'Rate exceeded', 'ERR_ACCESS_DENIED', false],
    ['ValidationException', 400, 'The schedule says twice per day.', 'ERR_INPUT', false],
    ['ThrottlingException', 429, 'Everyday holidayly things', 'ERR_THROTTLED', true],
  ])('%s with status %i: "%s"', (name, status, message, code, retryable) => {
    const headers: Record<string, string> = name === undefined ? {} : { 'x-amzn-errortype': name };
    expect(errorOf(status, headers, JSON.stringify({ message }))).toMatchObject({ code, retryable });
  });
});

describe('an answer that is not from Bedrock', () => {
  const page =
    '<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>nginx</h1></body></html>';

  it('names the status, the type and the title of a page, and what to do', () => {
    const { message, code, retryable } = errorOf(502, { 'content-type': 'text/html' }, page);
    expect({ code, retryable }).toEqual({ code: 'ERR_SERVICE', retryable: true });
    expect(message).toBe(
      'The endpoint answered with status 502 and a body that is not Bedrock\'s (text/html: "502 Bad Gateway"). ' +
        'A proxy or gateway may have answered: check the endpoint and the network.',
    );
  });

  it('shows the beginning of a text, and nothing of a page without a title', () => {
    const said = (body: string) => errorOf(403, { 'content-type': 'text/plain' }, body).message;
    expect(said('  blocked\n by us ')).toContain('(text/plain: "blocked by us")');
    expect(said('blocked '.repeat(100))).toContain(`(text/plain: "${'blocked '.repeat(24)}…")`);
    expect(said(`blocked ${'x'.repeat(500)}`), 'words stay whole').toContain('(text/plain: "blocked …")');
    expect(errorOf(403, { 'content-type': 'text/html' }, '<p>secret</p>').message).toContain('(text/html)');
    expect(errorOf(403, {}, '').message).toContain('(no content type)');
    expect(foreignBody(200, new Headers(), 'null')).toContain('(no content type: "null")');
  });

  it.each(['null', '5', '"text"', '[]', '[{"message":"a"}]'])(
    'is one too when its JSON is not an object: %s',
    (body) => {
      expect(errorOf(500, { 'content-type': 'application/json' }, body).message).toContain("not Bedrock's");
    },
  );

  it('is an exception all the same when its name says so', () => {
    const error = errorOf(403, { 'x-amzn-errortype': 'AccessDeniedException' }, page);
    expect(error).toMatchObject({ code: 'ERR_ACCESS_DENIED', name: 'AccessDeniedException' });
    expect(error.message).not.toContain('nginx');
  });
});

describe('retryAfterMs', () => {
  const now = 'Tue, 24 Nov 2026 12:00:00 GMT';

  it.each([
    ['0', null, 0],
    ['7', null, 7_000],
    [' 120 ', now, 120_000],
    ['Tue, 24 Nov 2026 12:00:30 GMT', now, 30_000],
    ['Tue, 24 Nov 2026 11:59:00 GMT', now, 0],
    ['Tue, 24 Nov 2026 12:00:30 GMT', null, undefined],
    ['Tue, 24 Nov 2026 12:00:30 GMT', 'whenever', undefined],
    [null, now, undefined],
    ['', now, undefined],
    ['soon', now, undefined],
    ['-5', now, undefined],
    ['1.5', now, undefined],
    ['5s', now, undefined],
    ['0x10', now, undefined],
    ['1e3', now, undefined],
    ['99999999999999999999', now, undefined],
    ['NaN', now, undefined],
    ['Infinity', now, undefined],
  ])('%s with Date %s is %s', (value, date, expected) => {
    expect(retryAfterMs(value, date)).toBe(expected);
  });

  it('is read from the headers of a response', () => {
    expect(errorOf(429, { 'retry-after': '3' }, '{}').retryAfterMs).toBe(3_000);
    expect(
      errorOf(503, { 'retry-after': 'Tue, 24 Nov 2026 12:00:09 GMT', date: now }, '{}').retryAfterMs,
    ).toBe(9_000);
    expect(errorOf(429, {}, '{}').retryAfterMs).toBeUndefined();
  });
});

function errorOf(status: number, headers: Record<string, string>, body: string): BedrockError {
  return errorOfResponse(status, new Headers(headers), body, { phase: 'request' });
}
