import { TOKEN } from './request.mjs';

/** The bytes of the JSON that the others build, made once: what it costs to make them is not a fetch. */
const bodies = new WeakMap();
const TEXT_ONLY = {};

async function post(url, { model, image }) {
  const key = image ?? TEXT_ONLY;
  if (!bodies.has(key)) {
    const content = [{ text: 'Hi' }];
    if (image !== undefined) {
      const bytes = Buffer.from(image).toString('base64');
      content.push({ image: { format: 'png', source: { bytes } } });
    }
    bodies.set(key, new TextEncoder().encode(JSON.stringify({ messages: [{ role: 'user', content }] })));
  }
  const response = await fetch(`${url}/model/${model}/converse-stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
    body: bodies.get(key),
  });
  return response.body;
}

/** What the runtime's own fetch costs: bytes are counted and not looked at. */
export async function openCount({ url }) {
  return async (question, answer) => {
    const reader = (await post(url, question)).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      answer.chunk(value.length);
    }
  };
}

/** The floor: frames cut at their lengths and parsed, no checksum, no type, no error. */
export async function openFloor({ url }) {
  const decoder = new TextDecoder();
  return async (question, answer) => {
    const reader = (await post(url, question)).getReader();
    const pieces = [];
    let rest;
    const read = (json) => {
      if (json.delta !== undefined) {
        if (json.delta.text !== undefined) answer.text(json.delta.text);
        else {
          answer.toolPiece();
          pieces.push(json.delta.toolUse.input);
        }
      } else if (json.usage !== undefined) answer.usage(json.usage.inputTokens, json.usage.outputTokens);
    };
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      let buffer = value;
      if (rest !== undefined) {
        buffer = new Uint8Array(rest.length + value.length);
        buffer.set(rest);
        buffer.set(value, rest.length);
      }
      const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
      let at = 0;
      while (buffer.length - at >= 12) {
        const total = view.getUint32(at);
        if (buffer.length - at < total) break;
        const start = at + 12 + view.getUint32(at + 4);
        read(JSON.parse(decoder.decode(buffer.subarray(start, at + total - 4))));
        at += total;
      }
      rest = at < buffer.length ? buffer.subarray(at) : undefined;
    }
    if (pieces.length > 0) answer.tool(JSON.parse(pieces.join('')));
  };
}
