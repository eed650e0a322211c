/** Headers as the AWS client's request handlers give them; those of HTTP/2 that begin with a colon are no headers. */
export function answerHeaders(given: Readonly<Record<string, string>> = {}): Headers {
  return new Headers(Object.entries(given).filter(([name]) => !name.startsWith(':')));
}
