/** Values that nothing expects, each made anew: a call must not see what another did to it. */
export const ODD: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  false: () => false,
  0: () => 0,
  '-1': () => -1,
  '1e400': () => Number.POSITIVE_INFINITY,
  NaN: () => Number.NaN,
  'a bigint': () => 5n,
  'a symbol': () => Symbol('x'),
  'a function': () => () => 'x',
  'a function that throws': () => () => {
    throw new TypeError('the function fails');
  },
  'a class': () => class {},
  'no text': () => '',
  'a text': () => 'x',
  'half a character': () => '\ud83d',
  'a long text': () => 'x'.repeat(10_000),
  'a line break': () => 'a\r\nb: c',
  'an empty list': () => [],
  'a list with a hole': () => new Array(2),
  'a list of null': () => [null],
  'an empty object': () => ({}),
  'an object without a prototype': () => Object.create(null),
  'an object that cannot become text': () => ({
    toString() {
      throw new TypeError('no text');
    },
  }),
  'an object with __proto__': () => JSON.parse('{"__proto__": {"text": "x"}, "constructor": 5}'),
  'a getter that throws': () => ({
    get text(): string {
      throw new TypeError('the getter fails');
    },
    get url(): string {
      throw new TypeError('the getter fails');
    },
  }),
  'a getter that throws nothing': () =>
    Object.defineProperty({}, 'text', {
      enumerable: true,
      get() {
        // biome-ignore lint/style/useThrowOnlyError: anything can be thrown.
        throw undefined;
      },
    }),
  'a proxy that throws': () => {
    const fail = (): never => {
      throw new TypeError('the trap fails');
    };
    return new Proxy({}, { get: fail, ownKeys: fail, has: fail, getPrototypeOf: fail });
  },
  'a proxy that was revoked': () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  'a circle': () => {
    const circle: Record<string, unknown> = {};
    circle['text'] = circle;
    return circle;
  },
  'a date that is none': () => new Date(Number.NaN),
  'a map': () => new Map([['text', 'x']]),
  'a promise': () => Promise.resolve('x'),
  'a promise that rejects': () => {
    const rejected = Promise.reject(new TypeError('the promise fails'));
    rejected.catch(() => {});
    return rejected;
  },
  'a thenable that throws': () => ({
    // biome-ignore lint/suspicious/noThenProperty: what is passed may have one.
    get then(): never {
      throw new TypeError('the getter fails');
    },
  }),
  bytes: () => new Uint8Array([1]),
  'a boxed text': () => new String('x'),
  'an error': () => new Error('x'),
  'a regular expression': () => /x/,
  'a weak map': () => new WeakMap(),
  'an instance of a class': () =>
    new (class {
      readonly text = 'x';
      get signal() {
        return undefined;
      }
    })(),
};
