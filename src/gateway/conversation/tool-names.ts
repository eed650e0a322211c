import type { CallBlock } from '../answer/blocks.js';

/** Longest name that Bedrock accepts; it consists of letters, digits, `_` and `-`. */
const LONGEST = 64;

type ClientTool = Pick<CallBlock, 'name' | 'namespace' | 'custom'>;

/**
 * Names of tools on both sides. Bedrock has no namespaces and accepts only some characters, so that tools are sent under other
 * names where they must be, and get their own back in the answer. The same tools in the same order get the same names, or the
 * prompt cache would not match.
 */
export class ToolNames {
  readonly #sent = new Map<string, string>();
  readonly #own = new Map<string, ClientTool>();

  /** The name to send a tool under. A tool that the history used and the request does not offer gets one as well. */
  send(name: string, namespace?: string | undefined, custom?: boolean): string {
    const key = JSON.stringify([namespace ?? null, name]);
    const known = this.#sent.get(key);
    if (known !== undefined) return known;
    const sent = this.#findFree(namespace === undefined ? name : `${namespace}_${name}`);
    this.#sent.set(key, sent);
    this.#own.set(sent, { name, custom: custom === true, ...(namespace !== undefined && { namespace }) });
    return sent;
  }

  /** The client's tool behind a name in an answer. Models also make names up, which the client has to see. */
  receive(sent: string): ClientTool {
    return this.#own.get(sent) ?? { name: sent, custom: false };
  }

  #findFree(wanted: string): string {
    const plain = wanted.slice(0, LONGEST).replace(/[^\w-]/g, '_') || '_';
    let free = plain;
    for (let n = 2; this.#own.has(free); n++) {
      const end = `_${n}`;
      free = plain.slice(0, LONGEST - end.length) + end;
    }
    return free;
  }
}
