/** What a client has received. */
export interface Reply {
  method: string;
  status: number;
  headers: Readonly<Record<string, string | undefined>>;
  body: Buffer;
}

/** AWS's errors by status, written down apart from the table that is tested. Source: the service models of AWS. */
const BEDROCK: Readonly<Record<number, readonly string[]>> = {
  400: ['ValidationException', 'SerializationException'],
  403: [
    'AccessDeniedException',
    'ExpiredTokenException',
    'IncompleteSignatureException',
    'InvalidSignatureException',
    'MissingAuthenticationTokenException',
    'UnrecognizedClientException',
  ],
  404: ['ResourceNotFoundException', 'UnknownOperationException'],
  413: ['RequestEntityTooLargeException'],
  429: ['ThrottlingException'],
};

const COGNITO: Readonly<Record<number, readonly string[]>> = {
  400: [
    'InvalidIdentityPoolConfigurationException',
    'NotAuthorizedException',
    'ResourceNotFoundException',
    'SerializationException',
    'ValidationException',
  ],
  403: ['AccessDeniedException'],
  404: ['UnknownOperationException'],
  429: ['ThrottlingException'],
};

const STS: Readonly<Record<number, readonly string[]>> = {
  400: ['InvalidIdentityToken', 'ValidationError'],
  403: [
    'AccessDenied',
    'ExpiredToken',
    'IncompleteSignature',
    'InvalidClientTokenId',
    'MissingAuthenticationToken',
    'SignatureDoesNotMatch',
  ],
  404: ['InvalidAction'],
  429: ['Throttling'],
};

const METADATA: Readonly<Record<number, readonly string[]>> = {
  400: ['BadRequest', 'ValidationException'],
  401: ['InvalidToken', 'Unauthorized'],
  403: ['AccessDeniedException'],
  404: ['NotFound'],
  429: ['ThrottlingException'],
};

/** What keeps a refusal from having the shape of AWS's; undefined if nothing does. */
export function problemOf({ method, status, headers, body }: Reply): string | undefined {
  if (headers['x-amzn-requestid'] === undefined) return 'has no request id';
  if (method === 'HEAD') return undefined;
  const text = body.toString('utf8');
  const isKnown = (names: Readonly<Record<number, readonly string[]>>, name: unknown): string | undefined =>
    names[status]?.includes(String(name))
      ? undefined
      : `has the status ${status} and the name ${String(name)}`;
  if (headers['content-type'] === 'text/xml') {
    const [, type, code] =
      /<Type>(\w+)<\/Type>\s*<Code>(\w+)<\/Code>\s*<Message>[^<]*<\/Message>/.exec(text) ?? [];
    return type === 'Sender' ? isKnown(STS, code) : `has the body ${text}`;
  }
  const json = JSON.parse(text) as Record<string, unknown>;
  const type = headers['x-amzn-errortype']?.replace(/:.*/, '');
  const isText = (value: unknown): boolean => typeof value === 'string';
  if ('__type' in json) {
    if (json['__type'] !== type || !isText(json['message']))
      return `has the body ${text} and the type ${type}`;
    return isKnown(COGNITO, type);
  }
  if ('Error' in json) {
    const { Type, Code, Message } = json['Error'] as Record<string, unknown>;
    return Type === 'Sender' && isText(Message) ? isKnown(STS, Code) : `has the body ${text}`;
  }
  if ('Code' in json)
    return isText(json['Message']) ? isKnown(METADATA, json['Code']) : `has the body ${text}`;
  const hasMessage = isText(json['message'] ?? json['Message']) || 'Output' in json;
  return hasMessage ? isKnown(BEDROCK, type) : `has the body ${text}`;
}
