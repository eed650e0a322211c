import type { ServiceException, WholeReply } from '../exception.js';
import type { Members } from './sts.js';

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** Exceptions that have another name in the query protocol. */
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

/** Writes the result of an action: as XML, or as JSON if the caller accepts it. */
export function writeResult(action: string, result: Members, requestId: string, asJson: boolean): WholeReply {
  const envelope = { [`${action}Result`]: result, ResponseMetadata: { RequestId: requestId } };
  return asJson
    ? json({ [`${action}Response`]: envelope })
    : xml(`<${action}Response xmlns="${NAMESPACE}">\n${writeElements(envelope, 1)}</${action}Response>\n`);
}

/** Writes an exception. */
export function writeException(
  { name, message, status, headers }: ServiceException,
  requestId: string,
  asJson: boolean,
): WholeReply {
  const error = {
    Error: {
      Type: status < 500 ? 'Sender' : 'Receiver',
      Code: nameOf(name, status),
      Message: message,
    },
    RequestId: requestId,
  };
  const reply = asJson
    ? json(error)
    : xml(`<ErrorResponse xmlns="${NAMESPACE}">\n${writeElements(error, 1)}</ErrorResponse>\n`);
  return { ...reply, headers: { ...reply.headers, ...headers } };
}

/** An expired token of an identity provider is a 400 of STS itself, which has no other name. Source: STS's model in botocore. */
function nameOf(name: string, status: number): string {
  const isOfFrontDoor = name !== 'ExpiredTokenException' || status === 403;
  return (isOfFrontDoor && Object.hasOwn(NAMES, name) ? NAMES[name] : undefined) ?? name;
}

function json(value: object): WholeReply {
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

function xml(body: string): WholeReply {
  return { headers: { 'content-type': 'text/xml' }, body };
}

function writeElements(members: Members, depth: number): string {
  const indent = '  '.repeat(depth);
  return Object.entries(members)
    .map(([name, value]) =>
      typeof value === 'string'
        ? `${indent}<${name}>${escapeXml(value)}</${name}>\n`
        : `${indent}<${name}>\n${writeElements(value, depth + 1)}${indent}</${name}>\n`,
    )
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML has no form for control characters. */
function escapeXml(text: string): string {
  return text.replace(/[&<>"]|[^\P{Cc}\t\n\r]/gu, (sign) => ENTITIES[sign] ?? '\ufffd');
}
