/** Length and FNV-1a hash of a text that comes in pieces: enough to tell whether it is whole, and kept by nobody. */
export class Digest {
  #length = 0;
  #hash = 0x811c9dc5;

  add(text) {
    let hash = this.#hash;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    this.#hash = hash;
    this.#length += text.length;
  }

  get value() {
    return `${this.#length}:${(this.#hash >>> 0).toString(16)}`;
  }
}
