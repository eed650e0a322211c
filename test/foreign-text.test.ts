import { afterEach, describe, expect, it, vi } from 'vitest';
import { BedrockError, inputError } from '../src/errors.js';
import { cleanError, cleanId, cleanJson, cleanText, listSecrets } from '../src/foreign-text/foreign-text.js';
import fc from './property.js';

const SECRET = 'M4rked/S3cret+with=signs==';
const clean = (text: string, max?: number): string => cleanText(text, [SECRET], max);

const hex = (letter: string): string => letter.charCodeAt(0).toString(16).padStart(2, '0');

/** How one letter of a secret may be written. */
const LETTERS: Readonly<Record<string, (letter: string) => string>> = {
  'as it is': (letter) => letter,
  'with a backslash': (letter) => (/\w/.test(letter) ? letter : `\\${letter}`),
  'percent-encoded': (letter) => `%${hex(letter)}`,
  'percent-encoded in capitals': (letter) => `%${hex(letter).toUpperCase()}`,
  'as an escape of JSON': (letter) => `\\u00${hex(letter)}`,
  'as an escape of JavaScript': (letter) => `\\x${hex(letter)}`,
  'as JSON in JSON': (letter) => `\\\\u00${hex(letter)}`,
  'percent-encoded twice': (letter) => `%25${hex(letter)}`,
  'as HTML': (letter) => `&#x${hex(letter)};`,
  'as HTML in decimals': (letter) => `&#${letter.charCodeAt(0)};`,
  'as HTML in a URL': (letter) => encodeURIComponent(`&#x${hex(letter)};`),
};

afterEach(() => vi.restoreAllMocks());

describe('a secret in a text', () => {
  it.each(Object.entries(LETTERS))('is hidden %s', (_how, spell) => {
    const spelled = [...SECRET].map(spell).join('');
    expect(clean(`Bearer ${spelled}, and more`)).toBe('Bearer [secret], and more');
  });

  it.each([
    [
      `Unexpected token 'o', "not=${SECRET.slice(0, 9)}" is not valid JSON`,
      `Unexpected token 'o', "…" is not valid JSON`,
    ],
    [
      `Unexpected token '"', ..."=${SECRET.slice(3, 12)}""x"... is not valid JSON`,
      `Unexpected token '"', "…" is not valid JSON`,
    ],
    [
      `JSON Parse error: Unexpected identifier "${SECRET.slice(0, 9)}"`,
      'JSON Parse error: Unexpected identifier "…"',
    ],
  ])('is hidden in part too, where an engine quotes what is not JSON: %s', (said, shown) => {
    expect(clean(`The profile: ${said}.`)).toBe(`The profile: ${shown}.`);
  });

  it.each([
    ['Bearer M4rked/S3cre... (cut)', 'Bearer [secret]... (cut)'],
    ['{"sent":"Bearer M4rked/S3cre"}', '{"sent":"Bearer [secret]"}'],
    ['…cret+with=signs==", and more', '…[secret]", and more'],
    ['m4rked/S3cret+with=signs==: No', 'm[secret]: No'],
    ['ends in M4rked/S', 'ends in [secret]'],
    ['signs==, and more', 'signs==, and more'],
    ['=signs==, and more', '[secret], and more'],
    ['ends in M4rked/', 'ends in M4rked/'],
    ['M4rked/S is in the middle', 'M4rked/S is in the middle'],
  ])('is hidden where it was cut: %s', (said, shown) => {
    expect(clean(said)).toBe(shown);
  });

  it('is hidden where a text consists of parts of it', () => {
    const said = `${SECRET.slice(0, 12).repeat(2000)} ${SECRET.slice(-12).repeat(2000)}`;
    expect(clean(said, 100_000)).toMatch(/^(?:\[secret\]){2000} (?:\[secret\]){2000}$/);
  });

  it('is hidden wherever it is, and whichever way each of its letters is written', () => {
    const letters = fc.tuple(
      ...[...SECRET].map((letter) =>
        fc.constantFrom(...Object.values(LETTERS)).map((spell) => spell(letter)),
      ),
    );
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        letters,
        fc.string({ unit: 'binary' }),
        (before, spelled, after) => {
          const shown = clean(`${before} ${spelled.join('')} ${after}`, 100_000);
          expect(shown).toContain('[secret]');
          expect(shown).not.toContain('M4rked');
        },
      ),
    );
  });

  it.each([
    ['a letter', 'M4rked/S3\\u0063ret+with=signs=='],
    ['a letter twice', 'M4rked/S3\\\\u0063ret+with=signs=='],
    ['a letter, and the end was cut', '…M4rked/S3cre\\x74+with='],
    ['a letter, and the beginning was cut', 'S3c&#114;et+with=signs=='],
  ])('is hidden whole where only a part of it is escaped: %s', (_how, spelled) => {
    expect(clean(`see \\u0041, ${spelled}`)).toMatch(/^see \\u0041, …?\[secret\]$/);
  });

  it('is hidden each time, with all others, and none that is too short to be one', () => {
    const text = cleanText(`a ${SECRET} b another-secret c ${SECRET} d key`, [
      SECRET,
      'another-secret',
      'key',
      '',
    ]);
    expect(text).toBe('a [secret] b [secret] c [secret] d key');
  });

  it('does not change how a text without one is written', () => {
    const text = 'path C:\\users\\u0041, 100 %41 sure &#65; "quoted"';
    expect(clean(text)).toBe(text);
  });

  it('is never cut in half by what shortens the text', () => {
    for (let max = 20; max < 60; max++) {
      const shown = cleanText(`{"a":"b","token":"${SECRET}"}`, [], max);
      expect(shown.includes('M4rked') && !shown.includes(SECRET), shown).toBe(false);
    }
  });
});

describe('a foreign text', () => {
  it.each([
    ['a colour', '\u001b[31mred\u001b[0m', '[31mred [0m'],
    ['the title of a terminal', '\u001b]0;title\u0007x', ']0;title x'],
    ['controls of eight bits', '\u009b31mred', '31mred'],
    ['a direction that is turned', 'abc\u202efdp.exe\u2066', 'abc fdp.exe'],
    ['what cannot be seen', 'a\u200bb\ufeffc\u00add', 'a b c d'],
    ['lines', ' one\r\n\ttwo\u2028three\u0085four\0 ', 'one two three four'],
    ['half of a surrogate pair', 'a\ud83db', 'a b'],
    ['letters of any script', 'é 漢字 😀 עברית', 'é 漢字 😀 עברית'],
  ])('has no control characters: %s', (_what, text, shown) => {
    expect(cleanText(text)).toBe(shown);
  });

  it('is shortened between words', () => {
    expect(cleanText('one two three four', [], 12)).toBe('one two …');
    expect(cleanText('one two', [], 7)).toBe('one two');
    expect(cleanText('onetwothree', [], 7)).toBe('…');
    expect(cleanText('word '.repeat(1000)).length).toBeLessThanOrEqual(1500);
  });

  it('stays as it is when it is cleaned again', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 80 }),
        fc.integer({ min: 10, max: 50 }),
        (text, max) => {
          const once = clean(text, max);
          expect(once.length).toBeLessThanOrEqual(max);
          expect(clean(once, max)).toBe(once);
        },
      ),
    );
  });
});

describe('foreign JSON', () => {
  it('has clean texts and names, and keeps everything else', () => {
    const bytes = new Uint8Array(2);
    const date = new Date(0);
    const json = { [`x${SECRET}`]: [`a\u001b ${SECRET}`], n: 1, none: null, bytes, date, deep: { ok: true } };
    expect(cleanJson(json, [SECRET])).toEqual({
      'x[secret]': ['a [secret]'],
      n: 1,
      none: null,
      bytes,
      date,
      deep: { ok: true },
    });
    expect(cleanJson(json)['bytes']).toBe(bytes);
  });

  it('cannot change a prototype', () => {
    const cleaned = cleanJson(JSON.parse('{"__proto__":{"polluted":true}}') as object);
    expect(Object.getPrototypeOf(cleaned)).toBe(Object.prototype);
    expect(Object.hasOwn(cleaned, '__proto__')).toBe(true);
    expect({}).not.toHaveProperty('polluted');
  });

  it('may be nested as deep as a peer likes', () => {
    let json: object = { end: true };
    for (let i = 0; i < 100_000; i++) json = [json];
    expect(JSON.stringify(cleanJson(json)).length).toBeLessThan(1_000);
  });

  it('keeps long texts, such as session tokens and the token of the next page', () => {
    const token = 'aB3'.repeat(10_000);
    expect(cleanJson({ token })).toEqual({ token });
  });
});

describe('the id of a request', () => {
  it.each([
    ['0b1f6a8e-3c1d-4d3a-9a52-5f0e6a1b2c3d', true],
    ['request_1', true],
    ['a'.repeat(129), false],
    ['two words', false],
    ['id\u001b[31m', false],
    ['abcdefgh', false],
    ['', false],
  ])('%s: %s', (id, isOne) => {
    expect(cleanId(id, ['abcdefgh'])).toBe(isOne ? id : undefined);
  });

  it('may be missing', () => {
    expect([cleanId(null), cleanId(undefined)]).toEqual([undefined, undefined]);
  });
});

describe('the secrets of a request', () => {
  it('are what authorizes it, and what callers add under such names', () => {
    const headers = {
      authorization: 'Bearer token-of-the-caller',
      'x-amz-security-token': 'session',
      'x-api-key': 'key of a gateway',
      cookie: 'a=b; c=d',
      ':authority': 'example.com',
      host: 'example.com',
      'content-type': 'application/json',
    };
    expect(listSecrets(headers)).toEqual(['token-of-the-caller', 'session', 'key of a gateway', 'a=b; c=d']);
    const authorization =
      'AWS4-HMAC-SHA256 Credential=ASIA/20261128/us-east-1/bedrock/aws4_request, SignedHeaders=host, Signature=0123abcd';
    expect(listSecrets({ authorization })).toEqual(['0123abcd']);
  });

  it('lists the pieces of headers that servers take apart', () => {
    const [session, csrf, nonce] = [
      's3ss10n-of-the-caller',
      'MDEyMzQ1Njc4OWFiYw==',
      '0123456789abcdef01234567',
    ];
    const cookie = `lang=en; session=${session}; csrf="${csrf}"`;
    const digest = `Digest username="me", response="${nonce}"`;
    expect(listSecrets({ cookie })).toEqual([cookie, session, csrf]);
    expect(listSecrets({ 'proxy-authorization': digest })).toEqual([digest, nonce]);
    for (const name of ['x-goog-iap-jwt-assertion', 'x-session', 'x-amz-credential', 'x-signature'])
      expect(listSecrets({ [name]: session })).toEqual([session]);
  });
});

describe('an error', () => {
  class QuotaError extends BedrockError {}

  it('keeps its class, facts and stack, and may be frozen', () => {
    const error = Object.freeze(
      new QuotaError({
        code: 'ERR_QUOTA',
        name: 'ServiceQuotaExceededException',
        message: `Not ${SECRET}`,
        requestId: 'id-1',
        retryAfterMs: 5,
        status: 402,
        phase: 'request',
      }),
    );
    const cleaned = cleanError(error, [SECRET]);
    expect(cleaned).toBeInstanceOf(QuotaError);
    expect(cleaned).toMatchObject({
      ...error,
      message: 'Not [secret]',
      name: 'ServiceQuotaExceededException',
    });
    expect(cleaned.stack).toBe(error.stack?.replace(SECRET, '[secret]'));
    expect(error.message).toContain(SECRET);
    expect(cleaned).not.toHaveProperty('cause');
  });

  it('has no name or id of a request that is a secret', () => {
    const facts = { code: 'ERR_SERVICE', message: 'No.', name: 'S3cretKey', requestId: 'S3cretKey' } as const;
    const cleaned = cleanError(new BedrockError(facts), ['S3cretKey']);
    expect(cleaned).toMatchObject({ name: '[secret]', requestId: '[secret]' });
  });

  it.each<[what: string, make: () => unknown]>([
    [
      'a proxy that was revoked',
      () => {
        const { proxy, revoke } = Proxy.revocable([SECRET], {});
        revoke();
        return proxy;
      },
    ],
    [
      'an error whose name cannot be read',
      () =>
        Object.defineProperty(new Error(SECRET), 'name', {
          get() {
            throw new Error(SECRET);
          },
        }),
    ],
  ])('a cause that cannot be read does not stay: %s', (_what, make) => {
    const { cause } = cleanError(inputError('x', make()), [SECRET]);
    expect(cause).toBeInstanceOf(Error);
    expect(JSON.stringify([(cause as Error).message, (cause as Error).stack])).not.toContain(SECRET);
  });

  it('that is not of this library stays as it is: it may be the reason of an abort', () => {
    const own = new Error(SECRET);
    expect(cleanError(own, [SECRET])).toBe(own);
    expect(cleanError(SECRET, [SECRET])).toBe(SECRET);
    expect(cleanError(undefined)).toBeUndefined();
  });

  it('keeps what it advises behind a foreign text that is long', () => {
    const error = inputError(`${'x '.repeat(400)}. Check the options.`);
    expect(cleanError(error).message).toMatch(/Check the options\.$/);
  });

  it('has clean causes at any depth', () => {
    const deep = inputError('a', inputError('b', [inputError('c', new Error(SECRET)), 'd']));
    const cleaned = cleanError(deep, [SECRET]) as { cause: { cause: [{ cause: Error }, string] } };
    expect(cleaned.cause.cause[0].cause.message).toBe('[secret]');
    expect(cleaned.cause.cause[1]).toBe('d');
  });
});

describe('the work', () => {
  /** How many characters were gone through, by each pass over a text. */
  function charactersFor(run: () => unknown): number {
    let characters = 0;
    for (const name of ['replace', 'replaceAll', 'trim'] as const) {
      const original = String.prototype[name] as (...args: unknown[]) => string;
      vi.spyOn(String.prototype, name).mockImplementation(function (this: string, ...args: unknown[]) {
        characters += this.length;
        return original.apply(this, args);
      });
    }
    run();
    vi.restoreAllMocks();
    return characters;
  }

  it('is linear in the length of a text, and bounded', () => {
    const work = (length: number): number => {
      const text = `\\u0041%41 ${'x '.repeat(length)}`;
      return charactersFor(() => clean(text));
    };
    expect(work(20_000) / work(10_000)).toBeLessThan(2.1);
    expect(work(400_000) / work(200_000)).toBeLessThan(1.1);
  });

  it('is bounded for a cause that leads everywhere', () => {
    const visits = (size: number): number => {
      let count = 0;
      const watched = (value: object): object =>
        new Proxy(value, {
          ownKeys(target) {
            count++;
            return Reflect.ownKeys(target);
          },
        });
      let chain: unknown = 'end';
      for (let i = 0; i < size; i++) chain = watched({ next: chain });
      cleanError(inputError('x', Object.assign(new Error('y'), { chain })));
      return count;
    };
    expect(visits(100)).toBe(100);
    expect(visits(100_000)).toBe(visits(1_000));
  });
});
