import { ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import type { BedrockError } from '../../src/errors.js';
import { errorOfResponse } from '../../src/wire/error-body.js';
import { errorOfException, readName } from '../../src/wire/exceptions.js';
import { awsClient } from './aws-client.js';

/** Exceptions with the status that they come with, and what they mean. */
const TABLE = [
  ['AccessDeniedException', 403, 'ERR_ACCESS_DENIED', false],
  ['ValidationException', 400, 'ERR_INPUT', false],
  ['InternalServerException', 500, 'ERR_SERVICE', true],
  ['ModelErrorException', 424, 'ERR_MODEL', false],
  ['ModelNotReadyException', 429, 'ERR_MODEL', true],
  ['ModelStreamErrorException', 424, 'ERR_MODEL', true],
  ['ModelTimeoutException', 408, 'ERR_MODEL', true],
  ['ResourceNotFoundException', 404, 'ERR_NOT_FOUND', false],
  ['ServiceQuotaExceededException', 400, 'ERR_QUOTA', false],
  ['ServiceUnavailableException', 503, 'ERR_SERVICE', true],
  ['ThrottlingException', 429, 'ERR_THROTTLED', true],
  ['TooManyRequestsException', 429, 'ERR_THROTTLED', true],
  ['InternalFailure', 500, 'ERR_SERVICE', true],
  ['ExpiredTokenException', 403, 'ERR_CREDENTIALS', false],
  ['InvalidSignatureException', 403, 'ERR_CREDENTIALS', false],
  ['SignatureDoesNotMatch', 403, 'ERR_CREDENTIALS', false],
  ['IncompleteSignatureException', 403, 'ERR_CREDENTIALS', false],
  ['MissingAuthenticationTokenException', 403, 'ERR_CREDENTIALS', false],
  ['UnrecognizedClientException', 403, 'ERR_CREDENTIALS', false],
] as const;

const BODY = '{"message":"It is so."}';

/** Ways in which AWS's services write the name of an exception, in the header and in the body. */
const SPELLINGS = [
  'ValidationException',
  'ValidationException:http://internal.amazon.com/coral/com.amazon.bedrock/',
  'ValidationException:http://internal.amazon.com/coral/com.amazon.bedrock#1',
  'com.amazon.bedrock#ValidationException',
  'com.amazon.bedrock#ValidationException:http://internal.amazon.com/coral/',
  'ValidationException,ValidationException:http://internal.amazon.com/',
];

describe('errorOfResponse', () => {
  it.each(TABLE)('%s with status %i', (name, status, code, retryable) => {
    const error = errorOf(status, { 'x-amzn-errortype': `${name}:http://internal.amazon.com/coral/` }, BODY);
    expect(error).toMatchObject({ name, status, code, retryable, phase: 'request' });
    expect(error.message).toContain('It is so.');
    expect(String(error).split(name)).toHaveLength(2);
  });

  it.each([
    ["You can't include more than 5 documents in a request.", 'Files of earlier turns count too: omit'],
    [
      'The model returned the following errors: too many images and documents: 21 + 0 > 20',
      'Files of earlier turns count too: omit',
    ],
    ['The maximum document size is 4.5 MB.', 'Send the document in parts,'],
    [
      'The model returned the following errors: messages.0.content.1.image.source.bytes: image exceeds 5 MB maximum: 6 bytes > 5 bytes',
      'Make the image smaller',
    ],
    ['At least one of the image dimensions exceed max allowed size: 8000 pixels', 'Make the image smaller'],
  ])('says what to do about too many and too large files: %s', (message, advice) => {
    const error = errorOfException('ValidationException', message, { status: 400 });
    expect(error.message).toContain(`${message.replace(/\.$/, '')}. ${advice}`);
  });

  it.each(TABLE)('%s: the name may stand in the body alone', (name, status, code, retryable) => {
    const body = JSON.stringify({ __type: `com.amazon.coral.service#${name}`, message: 'It is so.' });
    expect(errorOf(status, {}, body)).toMatchObject({ name, status, code, retryable });
  });

  it.each([
    [400, 'ERR_INPUT', false],
    [401, 'ERR_CREDENTIALS', false],
    [403, 'ERR_ACCESS_DENIED', false],
    [404, 'ERR_NOT_FOUND', false],
    [405, 'ERR_INPUT', false],
    [408, 'ERR_MODEL', true],
    [413, 'ERR_INPUT', false],
    [424, 'ERR_MODEL', false],
    [429, 'ERR_THROTTLED', true],
    [500, 'ERR_SERVICE', true],
    [501, 'ERR_SERVICE', false],
    [502, 'ERR_SERVICE', true],
    [503, 'ERR_SERVICE', true],
    [504, 'ERR_SERVICE', true],
  ])('status %i without a name that can be read, as in a browser', (status, code, retryable) => {
    expect(errorOf(status, {}, BODY)).toMatchObject({
      name: 'BedrockError',
      status,
      code,
      retryable,
      message: expect.stringContaining('It is so.'),
    });
    for (const body of ['', '<html>'])
      expect(errorOf(status, {}, body)).toMatchObject({ status, code, retryable });
  });

  it.each(SPELLINGS)('reads the name out of "%s"', (type) => {
    expect(errorOf(400, { 'x-amzn-errortype': type }, BODY)).toMatchObject({ name: 'ValidationException' });
    expect(errorOf(400, {}, JSON.stringify({ __type: type }))).toMatchObject({ name: 'ValidationException' });
    expect(errorOf(400, {}, JSON.stringify({ code: type }))).toMatchObject({ name: 'ValidationException' });
  });

  it.each(SPELLINGS)('reads the same name as the AWS client does out of "%s"', async (type) => {
    const headers = { 'x-amzn-errortype': type, 'content-type': 'application/json' };
    const { client } = awsClient({ statusCode: 400, headers, chunks: [new TextEncoder().encode(BODY)] });
    const aws = await client
      .send(new ConverseCommand({ modelId: 'any', messages: [] }))
      .catch((error) => error as Error);
    expect(errorOf(400, headers, BODY).name).toBe((aws as Error).name);
  });

  it('believes the header before the body', () => {
    const body = JSON.stringify({ __type: 'ValidationException', message: 'a' });
    expect(errorOf(403, { 'x-amzn-errortype': 'AccessDeniedException' }, body).name).toBe(
      'AccessDeniedException',
    );
  });

  it('goes by the status where it does not know the name, also one that every object has', () => {
    for (const name of ['BrandNewException', 'constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      const error = errorOf(404, { 'x-amzn-errortype': name }, BODY);
      expect(error).toMatchObject({ name, code: 'ERR_NOT_FOUND', retryable: false });
    }
  });

  it('reads the message whichever way it is written, and needs none', () => {
    const type = { 'x-amzn-errortype': 'ValidationException' };
    expect(errorOf(400, type, '{"Message":"Loud."}').message).toBe('Loud.');
    for (const body of ['', '{}', '{"message":null}', '{"message":5}', '{"message":"  "}', 'not JSON']) {
      expect(errorOf(400, type, body).message).toBe('Bedrock gave no reason.');
    }
  });

  it.each([
    'The security token included in the request is expired',
    'Signature expired: 20260101T000000Z is now earlier than 20260101T010000Z (20260101T010500Z - 5 min.)',
    'The request signature we calculated does not match the signature you provided.',
    'Authentication failed: Please make sure your API Key is valid.',
  ])('knows refused credentials where a browser hides the name: %s', (message) => {
    expect(errorOf(403, {}, JSON.stringify({ message })).code).toBe('ERR_CREDENTIALS');
  });

  it.each([
    ['ThrottlingException', 'ThrottlingException'],
    ['ThrottlingException:http://internal.amazon.com/coral/com.amazon.bedrock/#x', 'ThrottlingException'],
    ['com.amazon.coral.service#ThrottlingException', 'ThrottlingException'],
    [' ThrottlingException , x', 'ThrottlingException'],
    ['<b>', undefined],
    ['two words', undefined],
    ['Red\u001b[31mException', undefined],
    ['E'.repeat(101), undefined],
    [5, undefined],
  ])('reads the name of an exception from %j', (type, name) => {
    expect(readName(type)).toBe(name);
    const error = errorOf(429, {}, JSON.stringify({ __type: type, message: 'No.' }));
    expect(error).toMatchObject({ code: 'ERR_THROTTLED', name: name ?? 'BedrockError' });
  });

  it('a denial that says nothing of these names the permission that the operation needs', () => {
    const needed = 'It needs the IAM action bedrock:InvokeModel on m.';
    expect(errorOfResponse(403, new Headers(), '{"message":"No."}', {}, needed).message).toContain(needed);
  });

  it('says what to do where there is something to do', () => {
    const advised = TABLE.filter(([, , code]) => !['ERR_INPUT', 'ERR_SERVICE', 'ERR_MODEL'].includes(code));
    for (const [name, status] of advised) {
      const said = 'It is so.';
      const { message } = errorOf(status, { 'x-amzn-errortype': name }, BODY);
      expect(message.startsWith(`${said} `)).toBe(true);
      expect(message.slice(said.length)).toMatch(/[A-Z][a-z]+ .*\.$/);
    }
    const unended = errorOf(
      404,
      { 'x-amzn-errortype': 'ResourceNotFoundException' },
      '{"message":"No such model"}',
    );
    expect(unended.message).toContain('No such model. Check');
  });

  it("are Bedrock's in the form of OpenAI if they have AWS's id of the request, and a proxy's without", () => {
    const body =
      '{"error":{"code":"validation_error","message":"No.","param":null,"type":"invalid_request_error"}}';
    const say = (requestId?: string) =>
      errorOfResponse(400, new Headers(), body, { phase: 'request', requestId }).message;
    expect(say('4c0fe361-f804')).not.toContain('proxy');
    expect(say()).toBe('No. A gateway or proxy says so, not Bedrock (status 400).');
  });
});

describe('errorOfException', () => {
  it('keeps the facts that it is given', () => {
    const facts = { phase: 'stream', requestId: 'abc', retryAfterMs: 5, attempts: 2, cause: 'why' } as const;
    expect(errorOfException('ThrottlingException', 'Slow down.', facts)).toMatchObject(facts);
  });

  it('fills in what is not known: a fact that is undefined hides no default', () => {
    const facts = { phase: undefined, attempts: undefined, requestId: undefined, retryable: undefined };
    expect(errorOfException(undefined, undefined, { ...facts, status: 418 })).toMatchObject({
      code: 'ERR_INPUT',
      name: 'BedrockError',
      message: 'Bedrock gave no reason (status 418).',
      phase: 'prepare',
      attempts: 0,
      retryable: false,
    });
  });
});

function errorOf(status: number, headers: Record<string, string>, body: string): BedrockError {
  return errorOfResponse(status, new Headers(headers), body, { phase: 'request' });
}
