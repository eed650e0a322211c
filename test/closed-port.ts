/**
 * A port of 127.0.0.1 where nobody listens, nor will: no service is assigned to it, only root could take it, and fetch does
 * not block it. A port that was free a moment ago may be another test's by now.
 */
export function closedPort(): number {
  return 4;
}
