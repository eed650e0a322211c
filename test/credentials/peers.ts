import { errorFrame, eventFrame, exceptionFrame, frame, rawFrame } from '../wire/frames.js';
import { type GivenAnswer, IDP, type SeenRequest } from './failing.js';
import { MARK } from './marks.js';

/** Peers that repeat what they were sent, in every place that an error, a warning, a storage or a terminal may show. */

const EVENTS = 'application/vnd.amazon.eventstream';
const JSON_TYPE = 'application/json';
const LETTERS = /[\s\S]/gu;

const hex = (letter: string): string => (letter.codePointAt(0) ?? 0).toString(16).padStart(2, '0');

/** How a peer may write what it repeats. */
export const SPELLINGS: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  'percent-encoded': (text) => encodeURIComponent(text),
  'percent-encoded, letters too': (text) => text.replace(LETTERS, (letter) => `%${hex(letter)}`),
  'with escapes of JSON for every letter': (text) =>
    text.replace(LETTERS, (letter) => `\\u00${hex(letter).toUpperCase()}`),
  'as JSON inside JSON': (text) => text.replace(LETTERS, (letter) => `\\\\u00${hex(letter)}`),
  'as HTML': (text) => text.replace(LETTERS, (letter) => `&#x${hex(letter)};`),
  'as HTML in decimals': (text) => text.replace(LETTERS, (letter) => `&#${letter.codePointAt(0)};`),
  'with escape sequences around it': (text) => `\u001b[31m${text}\u001b]0;x\u0007\u009b1m\u202e`,
};

/** What a peer can repeat of a request. Everything in it is marked, or added to `signatures`. */
export function echoOf({ headers, body }: SeenRequest, signatures: Set<string>): string {
  const { authorization, 'x-amz-security-token': session, 'x-api-key': key } = headers;
  const signature = /Signature=([0-9a-f]{64})/.exec(String(authorization))?.[1];
  if (signature !== undefined) signatures.add(signature);
  let login: unknown;
  try {
    login = (JSON.parse(body) as { Logins?: Record<string, string> }).Logins?.[IDP];
  } catch {
    // Not for Cognito.
  }
  return [authorization, session, key, login, signature].filter((text) => text !== undefined).join(' ');
}

export type Peer = (echo: string, request: SeenRequest) => GivenAnswer;

const text = (status: number, body: string, type = 'text/plain'): GivenAnswer => ({ status, type, body });
export const json = (status: number, value: unknown, headers: Record<string, string> = {}): GivenAnswer => ({
  status,
  type: JSON_TYPE,
  headers,
  body: JSON.stringify(value),
});
export const events = (...parts: Uint8Array[]): GivenAnswer => ({
  status: 200,
  type: EVENTS,
  body: Buffer.concat(parts),
});
export const start = eventFrame('messageStart', { role: 'assistant' });
/** After it, nothing is tried again. */
const words = eventFrame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Hello' } });
/** A header has one line of ASCII. */
const line = (echo: string): string => echo.replace(/[^\x20-\x7e]/g, '');

/** Answers in which a peer says something in a way of its own: all spellings are tried. */
export const SPELLED: Readonly<Record<string, Peer>> = {
  'a 200 of plain text': (echo) => text(200, `You sent ${echo}`),
  'a 200 of plain text that begins with it': (echo) => text(200, echo),
  'a page': (echo) => text(200, `<html><title>${echo}</title><p>${echo}`, 'text/html'),
  'a 502 of plain text': (echo) => text(502, `cannot forward ${echo}`),
  'a 502 whose text is long': (echo) => text(502, `${'cannot forward, '.repeat(12)}${echo}`),
  'a 400 of JSON': (echo) => ({
    status: 400,
    type: JSON_TYPE,
    body: `{"message":"You sent ${echo.replace(/\p{Cc}/gu, ' ')}"}`,
  }),
  'a 403 of JSON in which the message is JSON': (echo) => json(403, { message: `{"detail":"${echo}"}` }),
  'an exception in a stream': (echo) =>
    events(start, exceptionFrame('validationException', { message: `No: ${echo}` })),
  'an exception after some text': (echo) =>
    events(start, words, exceptionFrame('modelStreamErrorException', { message: `No: ${echo}` })),
  'an exception that is plain text': (echo) =>
    events(start, exceptionFrame('validationException', `No: ${echo}`)),
  'an error frame': (echo) => events(start, errorFrame('InternalFailure', `No: ${echo}`)),
  'a payload that is not JSON': (echo) => events(start, eventFrame('contentBlockDelta', echo)),
};

/** All other places; each is tried once. */
export const PLACES: Readonly<Record<string, Peer>> = {
  'its content type': (echo) => text(200, '', `text/plain; for="${line(echo)}"`),
  'the content type of a 502': (echo) => text(502, '', `text/plain; for="${line(echo)}"`),
  'x-amzn-errortype': (echo) => json(400, { message: 'No.' }, { 'x-amzn-errortype': line(echo) }),
  'x-amzn-requestid of a refusal': (echo) =>
    json(400, { message: 'No.' }, { 'x-amzn-requestid': line(echo) }),
  'x-amzn-requestid of a 200': (echo) => json(200, {}, { 'x-amzn-requestid': line(echo) }),
  'the request id of a stream': (echo) => ({ ...events(start), headers: { 'x-amzn-requestid': line(echo) } }),
  __type: (echo) => json(400, { __type: echo, message: 'No.' }),
  'the status line': (echo) => ({ ...text(500, ''), reason: line(echo) }),
  'retry-after': (echo) => json(429, { message: 'Later.' }, { 'retry-after': line(echo) }),
  'the date': (echo) => json(403, { message: 'Signature expired' }, { date: line(echo) }),
  'the address of a redirect': (echo) => ({
    ...text(302, ''),
    headers: { location: `https://x.example/?q=${encodeURIComponent(echo)}` },
  }),
  'the host of a redirect': (echo) => ({
    ...text(302, ''),
    headers: { location: `https://${line(echo).replace(/\W/g, '-').slice(0, 60)}.example/` },
  }),
  'the canonical request of a wrong signature': (echo) =>
    json(
      403,
      {
        message: `The request signature we calculated does not match.\n\nThe Canonical String was\n'POST\n/model\n\nx-amz-security-token:${echo}\n\nhost'`,
      },
      { 'x-amzn-errortype': 'InvalidSignatureException' },
    ),
  'a member of JSON that is not an answer': (echo) => json(200, { message: echo, error: echo, [echo]: echo }),
  'a text of JSON': (echo) => json(200, echo),
  'a list of JSON': (echo) => json(200, [echo]),
  'the lists of models and profiles': (echo, { url }) => json(200, listsOf(echo, url)),
  'models, and refused profiles': (echo, { url }) =>
    url.includes('inference-profiles') ? text(200, `You sent ${echo}`) : json(200, listsOf('a model', url)),
  'models, and refused access': (echo, { url }) =>
    url.includes('availability') ? text(200, `You sent ${echo}`) : json(200, listsOf('a model', url)),
  'the number of tokens': (echo) => json(200, { inputTokens: echo }),
  'an identity of Cognito': (echo) => json(200, { IdentityId: echo }),
  'credentials of Cognito': (echo) =>
    json(200, { IdentityId: 'us-east-1:x', Credentials: { AccessKeyId: echo } }),
  'a caller identity': (echo) =>
    text(
      200,
      `<GetCallerIdentityResult><Arn>${echo}</Arn><UserId>${echo}</UserId><Account>${echo}</Account></GetCallerIdentityResult>`,
      'text/xml',
    ),
  'an error of STS': (echo) =>
    text(403, `<Error><Code>${echo}</Code><Message>No: ${echo}</Message></Error>`, 'text/xml'),
  'the name of an exception in a stream': (echo) => events(start, exceptionFrame(echo, { message: 'No.' })),
  'the code of an error frame': (echo) => events(start, errorFrame(echo, 'No.')),
  'a message type': (echo) => events(start, frame({ ':message-type': echo }, {})),
  'the name of a header of a frame': (echo) => events(start, brokenHeader(echo)),
  'a kind of delta that nobody knows': (echo) =>
    events(start, eventFrame('contentBlockDelta', { contentBlockIndex: 0, delta: { [echo]: {} } })),
  'an image that could not be created': (echo) =>
    events(
      start,
      eventFrame('contentBlockDelta', {
        contentBlockIndex: 0,
        delta: { image: { error: { message: echo } } },
      }),
    ),
  'a payload that begins with a secret': (echo) =>
    events(start, eventFrame('contentBlockDelta', echo.slice(Math.max(0, echo.indexOf(MARK))))),
  'a payload that is half of JSON': (echo) =>
    events(start, eventFrame('contentBlockDelta', `{"delta":{"text":"${echo}"`)),
  'a connection that breaks in the body': (echo) => ({ ...text(200, echo), breaks: true }),
};

/** A frame with a header whose type is unknown, and whose name is this. */
function brokenHeader(name: string): Uint8Array {
  const letters = new TextEncoder().encode(name).subarray(0, 255);
  return rawFrame(Uint8Array.of(letters.length, ...letters, 99, 0, 0));
}

function listsOf(name: string, url: string): object {
  if (url.includes('inference-profiles')) {
    return {
      inferenceProfileSummaries: [
        {
          inferenceProfileId: `us.${name}`,
          inferenceProfileArn: `arn:aws:bedrock:us-east-1:123456789012:inference-profile/${name}`,
          inferenceProfileName: name,
          status: 'ACTIVE',
          type: 'SYSTEM_DEFINED',
          models: [{ modelArn: `arn:aws:bedrock:us-east-1::foundation-model/${name}` }],
        },
      ],
    };
  }
  return {
    modelSummaries: [
      {
        modelId: name,
        modelArn: `arn:aws:bedrock:us-east-1::foundation-model/${name}`,
        modelName: name,
        providerName: name,
        inputModalities: ['TEXT'],
        outputModalities: ['TEXT'],
        responseStreamingSupported: true,
        inferenceTypesSupported: ['ON_DEMAND'],
        modelLifecycle: { status: 'ACTIVE' },
      },
    ],
  };
}
