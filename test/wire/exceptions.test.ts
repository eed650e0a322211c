import { describe, expect, it } from 'vitest';
import { errorFrame, exceptionFrame, frame, framesOf, type Json, joined } from './frames.js';
import { codeOf, expectedEvent, readEvents, thrownBy, tryEvents } from './reading.js';
import { STREAMS } from './streams.js';

/** The exceptions that the model of ConverseStream lists, one that comes without being listed, and a new one. */
const EXCEPTIONS = [
  ['internalServerException', 'InternalServerException', 'ERR_SERVICE', true],
  ['modelStreamErrorException', 'ModelStreamErrorException', 'ERR_MODEL', true],
  ['validationException', 'ValidationException', 'ERR_INPUT', false],
  ['throttlingException', 'ThrottlingException', 'ERR_THROTTLED', true],
  ['serviceUnavailableException', 'ServiceUnavailableException', 'ERR_SERVICE', true],
  ['modelTimeoutException', 'ModelTimeoutException', 'ERR_MODEL', true],
  ['someNewException', 'SomeNewException', 'ERR_SERVICE', false],
] as const;

describe('an exception in the stream', () => {
  it.each(EXCEPTIONS)('%s becomes a typed error', (type, name, code, retryable) => {
    const error = thrownBy(() => readEvents([exceptionFrame(type, { message: 'It is what it is.' })]));
    expect(error).toMatchObject({ name, code, retryable, phase: 'stream' });
    expect(String(error)).toContain(`${name}: It is what it is.`);
  });

  it('comes behind the events before it, and ends the reading', () => {
    const before = STREAMS.text.slice(0, 3);
    const after = framesOf(STREAMS.text.slice(3));
    const bytes = joined([
      ...framesOf(before),
      exceptionFrame('throttlingException', { message: 'No.' }),
      ...after,
    ]);
    const { events, error } = tryEvents([bytes]);
    expect(events).toStrictEqual(before.map(expectedEvent));
    expect(codeOf(error)).toBe('ERR_THROTTLED');
  });

  it.each([
    ['{"message": "lower case"}', 'lower case'],
    ['{"Message": "upper case"}', 'upper case'],
    ['not JSON at all', 'not JSON at all'],
  ])('keeps what the payload %s says', (payload, said) => {
    expect(thrownBy(() => readEvents([exceptionFrame('validationException', payload)]))).toMatchObject({
      code: 'ERR_INPUT',
      message: said,
    });
  });

  it.each(['', '{}', 'null', '[]', '5', '{"message": null}', '{"message": {"a": 1}}'])(
    'needs no message: %s',
    (payload) => {
      expect(thrownBy(() => readEvents([exceptionFrame('validationException', payload)]))).toMatchObject({
        code: 'ERR_INPUT',
        name: 'ValidationException',
        message: 'Bedrock gave no reason.',
      });
    },
  );

  it('without a type is still an error of the service', () => {
    const bytes = frame({ ':message-type': 'exception' }, { message: 'Who am I?' });
    expect(thrownBy(() => readEvents([bytes]))).toMatchObject({
      code: 'ERR_SERVICE',
      name: 'UnknownException',
      phase: 'stream',
    });
  });

  it.each<[string, Json, object]>([
    [
      'modelStreamErrorException',
      { message: 'Too many tokens, please wait.' },
      { code: 'ERR_THROTTLED', retryable: true },
    ],
    ['serviceUnavailableException', { message: 'Rate exceeded' }, { code: 'ERR_THROTTLED', retryable: true }],
    ['throttlingException', { message: 'Too many tokens per day.' }, { code: 'ERR_QUOTA', retryable: false }],
  ])('%s that says %j is what it says', (type, payload, facts) => {
    expect(thrownBy(() => readEvents([exceptionFrame(type, payload)]))).toMatchObject(facts);
  });
});

describe('an error in the stream that is no exception', () => {
  it.each([
    ['InternalFailure', 'ERR_SERVICE', true],
    ['ThrottlingException', 'ERR_THROTTLED', true],
    ['SomethingElse', 'ERR_SERVICE', false],
  ])('%s becomes a typed error', (errorCode, code, retryable) => {
    expect(thrownBy(() => readEvents([errorFrame(errorCode, 'Try later.')]))).toMatchObject({
      name: errorCode,
      code,
      retryable,
      phase: 'stream',
      message: expect.stringContaining('Try later.'),
    });
  });

  it('needs neither code nor message', () => {
    expect(thrownBy(() => readEvents([frame({ ':message-type': 'error' }, '')]))).toMatchObject({
      name: 'UnknownError',
      code: 'ERR_SERVICE',
      message: 'Bedrock gave no reason.',
    });
  });
});
