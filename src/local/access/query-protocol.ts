import type { ServiceException } from '../exception.js';
import type { Members } from './sts.js';

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** Names that the query protocol has for what Bedrock calls otherwise. */
const NAMES: Readonly<Record<string, string>> = {
  AccessDeniedException: 'AccessDenied',
  ExpiredTokenException: 'ExpiredToken',
  IncompleteSignatureException: 'IncompleteSignature',
  InternalServerException: 'InternalFailure',
  InvalidSignatureException: 'SignatureDoesNotMatch',
  MissingAuthenticationTokenException: 'MissingAuthenticationToken',
  ServiceUnavailableException: 'ServiceUnavailable',
  ThrottlingException: 'Throttling',
  UnknownOperationException: 'InvalidAction',
  UnrecognizedClientException: 'InvalidClientTokenId',
  ValidationException: 'ValidationError',
};

/** A whole answer of the query protocol. */
export interface QueryReply {
  headers: Record<string, string>;
  body: string;
}

/** The answer of an action: XML, or JSON where that is what the caller accepts. */
export function queryReply(action: string, result: Members, requestId: string, asJson: boolean): QueryReply {
  const envelope = { [`${action}Result`]: result, ResponseMetadata: { RequestId: requestId } };
  return asJson
    ? json({ [`${action}Response`]: envelope })
    : xml(`<${action}Response xmlns="${NAMESPACE}">\n${elements(envelope, 1)}</${action}Response>\n`);
}

/** The answer for an exception. */
export function queryExceptionReply(
  { name, message, status, headers }: ServiceException,
  requestId: string,
  asJson: boolean,
): QueryReply {
  const error = {
    Error: { Type: status < 500 ? 'Sender' : 'Receiver', Code: NAMES[name] ?? name, Message: message },
    RequestId: requestId,
  };
  const reply = asJson
    ? json(error)
    : xml(`<ErrorResponse xmlns="${NAMESPACE}">\n${elements(error, 1)}</ErrorResponse>\n`);
  return { ...reply, headers: { ...reply.headers, ...headers } };
}

function json(value: object): QueryReply {
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

function xml(body: string): QueryReply {
  return { headers: { 'content-type': 'text/xml' }, body };
}

function elements(members: Members, depth: number): string {
  const indent = '  '.repeat(depth);
  return Object.entries(members)
    .map(([name, value]) =>
      typeof value === 'string'
        ? `${indent}<${name}>${escaped(value)}</${name}>\n`
        : `${indent}<${name}>\n${elements(value, depth + 1)}${indent}</${name}>\n`,
    )
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);
}
