import { decodeText } from '../encoding.js';
import { readBytes, readErrorText } from '../transport/body.js';

/**
 * A `fetch` that rewrites XML from STS as JSON in Bedrock's form, so that errors, retries and clock skew are handled by the
 * same code as Bedrock's own. Anything else is left as it is.
 *
 * @param members Names of the elements in the result that are read.
 */
export function readStsAnswers(
  fetch: typeof globalThis.fetch,
  action: string,
  members: readonly string[],
): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    // Some statuses have no body, and browsers hide the body of a redirect that is not followed.
    if (response.body === null) return response;
    const text = response.ok
      ? decodeText(await readBytes(response, action, init?.signal))
      : await readErrorText(response, init?.signal);
    const json = response.ok
      ? readMembers(text, `${action}Result`, members)
      : toJsonError(readMembers(text, 'Error', ['Code', 'Message']));
    const headers = new Headers(response.headers);
    // They describe the XML as it was sent.
    for (const name of ['content-length', 'content-encoding']) headers.delete(name);
    if (json !== undefined) headers.set('content-type', 'application/json');
    const { status } = response;
    return new Response(json === undefined ? text : JSON.stringify(json), { status, headers });
  };
}

function toJsonError(members: Record<string, string> | undefined): Record<string, unknown> | undefined {
  return members && { __type: members['Code'], message: members['Message'] };
}

/** Reads the texts of elements inside an element; undefined if that is missing. Enough for documents as flat as these. */
function readMembers(
  xml: string,
  element: string,
  names: readonly string[],
): Record<string, string> | undefined {
  const inside = readElement(xml, element);
  if (inside === undefined) return undefined;
  const members: Record<string, string> = {};
  for (const name of names) {
    const value = readElement(inside, name);
    if (value !== undefined && !value.includes('<')) members[name] = unescapeXml(value.trim());
  }
  return members;
}

/** The content of the first element with this name. A regular expression would search for the end again from each beginning. */
function readElement(xml: string, name: string): string | undefined {
  const at = xml.indexOf(`<${name}>`);
  if (at < 0) return undefined;
  const start = at + name.length + 2;
  const end = xml.indexOf(`</${name}>`, start);
  return end < 0 ? undefined : xml.slice(start, end);
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos);/g, (_all, name: string) => ENTITIES[name] ?? '');
}
