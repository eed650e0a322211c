import type { CallBlock } from '../answer/blocks.js';
import { refuseField } from '../failure.js';

/** Longest name that Bedrock accepts; it consists of letters, digits, `_` and `-`. */
const LONGEST = 64;

/** More than any client offers. It bounds the work of finding names that are free. */
const MOST_NAMES = 1000;

type ClientTool = Pick<CallBlock, 'name' | 'namespace' | 'custom'>;

/**
 * Names of tools on both sides. Bedrock has no namespaces and accepts only some characters, so that tools are sent under other
 * names where they must be, and get their own back in the answer. The same tools in the same order get the same names, or the
 * prompt cache would not match.
 */
export class ToolNames {
  readonly #sent = new Map<string, string>();
  readonly #own = new Map<string, ClientTool>();

  /** The name that a tool in a namespace is sent under, by its name without the namespace; undefined if several tools share that. */
  readonly #inNamespaces = new Map<string, string | undefined>();

  /** The number to try next for a name that is taken. */
  readonly #numbers = new Map<string, number>();

  /**
   * The name to send a tool under. A tool that the history used and the request does not offer gets one as well.
   *
   * @throws Refusal for more than 1,000 different names
   */
  send(name: string, namespace?: string | undefined, custom?: boolean): string {
    const key = JSON.stringify([namespace ?? null, name]);
    const known = this.#sent.get(key);
    if (known !== undefined) return known;
    if (this.#sent.size >= MOST_NAMES)
      throw refuseField('tools', `The request names more than ${MOST_NAMES} tools. Send fewer.`);
    const sent = this.#findFree(namespace === undefined ? name : `${namespace}_${name}`);
    this.#sent.set(key, sent);
    this.#own.set(sent, { name, custom: custom === true, ...(namespace !== undefined && { namespace }) });
    if (namespace) this.#inNamespaces.set(name, this.#inNamespaces.has(name) ? undefined : sent);
    return sent;
  }

  /** The name to send for a call in the history. Some clients drop the namespace when they send a call back. */
  sendCall(name: string, namespace: string | undefined, custom: boolean): string {
    const isKnown = namespace !== undefined || this.#sent.has(JSON.stringify([null, name]));
    return (isKnown ? undefined : this.#inNamespaces.get(name)) ?? this.send(name, namespace, custom);
  }

  /** The client's tool behind a name in an answer. Models also make names up, which the client has to see. */
  receive(sent: string): ClientTool {
    return this.#own.get(sent) ?? { name: sent, custom: false };
  }

  #findFree(wanted: string): string {
    const plain = wanted.slice(0, LONGEST).replace(/[^\w-]/g, '_') || '_';
    let free = plain;
    let n = this.#numbers.get(plain) ?? 2;
    for (; this.#own.has(free); n++) {
      const end = `_${n}`;
      free = plain.slice(0, LONGEST - end.length) + end;
    }
    this.#numbers.set(plain, n);
    return free;
  }
}
