import type { GatewaySettings } from '../options.js';

/** Headers of a client that mean something to a path. The body is known to be JSON, whatever they call it. */
const MEANT = {
  bedrock: [
    'accept',
    'x-amzn-bedrock-accept',
    'x-amzn-bedrock-performanceconfig-latency',
    'x-amzn-bedrock-request-metadata',
    'x-amzn-bedrock-service-tier',
  ],
  openai: ['accept'],
  anthropic: ['accept', 'anthropic-beta'],
};

/** The headers of a client that go to Bedrock: those that mean something there, and those that the operator names. */
export function pickRequestHeaders(
  request: Request,
  paths: keyof typeof MEANT,
  { forwardHeaders }: GatewaySettings,
): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of [...MEANT[paths], ...forwardHeaders.map((header) => header.toLowerCase())]) {
    const value = request.headers.get(name);
    if (value !== null) picked[name] = value;
  }
  return picked;
}

/** Headers of an answer that describe its body, and AWS's id of the request. */
const OF_ANSWERS = /^(?:content-type$|retry-after$|x-amzn-requestid$|x-amzn-bedrock-)/;

/** The headers of Bedrock's answer that clients may see. */
export function pickAnswerHeaders(headers: Headers): Record<string, string> {
  const picked: Record<string, string> = {};
  headers.forEach((value, name) => {
    if (OF_ANSWERS.test(name)) picked[name] = value;
  });
  return picked;
}
