/**
 * Headers of a client that are not for Bedrock: its own authorization, those that the signature sets, those that identify the
 * client, and those that proxies change on the way. Bedrock's front door drops names with an underscore, which breaks a signature.
 * Sources: the clients of OpenAI and Anthropic, and Codex, as they were in November 2026.
 */
const NOT_SENT =
  /_|^(?:authorization|proxy-authorization|x-api-key|api-key|cookie|host|content-length|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|origin|referer|user-agent|traceparent|tracestate|baggage|x-amz-.*|x-stainless-.*|sec-.*)$/;

/** The headers of a client's request that go to Bedrock, by lower-case name. */
export function pickSentHeaders(headers: Headers): Record<string, string> {
  const sent: Record<string, string> = {};
  headers.forEach((value, name) => {
    if (!NOT_SENT.test(name)) sent[name] = value;
  });
  return sent;
}
