/**
 * One measurement in a process of its own: `node run.mjs <reader> <what> <url>`. Prints JSON.
 * `events`: CPU µs per event of a long stream, after a warm-up. `first`: ms to the first event, warm, median.
 */
const [reader, what, url] = process.argv.slice(2);
const EVENTS = 20_000;

const request = { modelId: 'm', messages: [{ role: 'user', content: [{ text: 'Hi' }] }] };
const keys = { accessKeyId: 'ASIABENCH', secretAccessKey: 'secret', sessionToken: 'token' };

/** Each gives the number of text characters of a stream, and calls back at the first event. */
const readers = {
  'bare fetch, bytes counted': async () => async (deltas, onFirst) => {
    const { body } = await fetch(`${url}/${deltas}`, { method: 'POST', body: '{}' });
    let bytes = 0;
    for await (const chunk of body) {
      if (bytes === 0) onFirst();
      bytes += chunk.length;
    }
    return bytes;
  },
  'floor: split and JSON.parse': async () => async (deltas, onFirst) => {
    const { body } = await fetch(`${url}/${deltas}`, { method: 'POST', body: '{}' });
    const decoder = new TextDecoder();
    let rest = new Uint8Array(0);
    let characters = 0;
    for await (const chunk of body) {
      let buffer = chunk;
      if (rest.length > 0) {
        buffer = new Uint8Array(rest.length + chunk.length);
        buffer.set(rest);
        buffer.set(chunk, rest.length);
      }
      const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
      let at = 0;
      while (buffer.length - at >= 12) {
        const total = view.getUint32(at);
        if (buffer.length - at < total) break;
        if (at === 0) onFirst();
        const start = at + 12 + view.getUint32(at + 4);
        const json = JSON.parse(decoder.decode(buffer.subarray(start, at + total - 4)));
        characters += json.delta?.text.length ?? 0;
        at += total;
      }
      rest = buffer.subarray(at);
    }
    return characters;
  },
  'bedrock-anywhere, SigV4': () => ours(keys),
  'bedrock-anywhere, bearer': () => ours({ token: 'key' }),
  'AWS client, FetchHttpHandler': async () => {
    const { FetchHttpHandler } = await import('@smithy/fetch-http-handler');
    return aws(new FetchHttpHandler());
  },
  'AWS client, NodeHttpHandler': async () => {
    const { NodeHttpHandler } = await import('@smithy/node-http-handler');
    return aws(new NodeHttpHandler());
  },
};

async function ours(credentials) {
  const { createBedrock } = await import('bedrock-anywhere');
  return async (deltas, onFirst) => {
    const bedrock = createBedrock({ endpoint: `${url}/${deltas}`, region: 'us-east-1', credentials });
    return count(bedrock.stream(request), onFirst, (event) =>
      event.type === 'contentBlockDelta' ? event.delta.text : '',
    );
  };
}

async function aws(requestHandler) {
  const { BedrockRuntimeClient, ConverseStreamCommand } = await import('@aws-sdk/client-bedrock-runtime');
  const clients = new Map();
  return async (deltas, onFirst) => {
    if (!clients.has(deltas)) {
      const endpoint = `${url}/${deltas}`;
      clients.set(
        deltas,
        new BedrockRuntimeClient({ endpoint, region: 'us-east-1', credentials: keys, requestHandler }),
      );
    }
    const { stream } = await clients.get(deltas).send(new ConverseStreamCommand(request));
    return count(stream, onFirst, (event) => event.contentBlockDelta?.delta.text ?? '');
  };
}

async function count(stream, onFirst, textOf) {
  let characters = 0;
  let isFirst = true;
  for await (const event of stream) {
    if (isFirst) onFirst();
    isFirst = false;
    characters += textOf(event).length;
  }
  return characters;
}

const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];
const read = await readers[reader]();
const nothing = () => {};

if (what === 'events') {
  const expected = await read(EVENTS, nothing);
  await read(EVENTS, nothing);
  const each = [];
  for (let i = 0; i < 5; i++) {
    const before = process.cpuUsage();
    if ((await read(EVENTS, nothing)) !== expected) throw new Error('An answer is not whole.');
    const { user, system } = process.cpuUsage(before);
    each.push((user + system) / EVENTS);
  }
  console.log(JSON.stringify(median(each)));
} else {
  const each = [];
  for (let i = 0; i < 240; i++) {
    const start = performance.now();
    await read(1, () => {
      if (i >= 40) each.push(performance.now() - start);
    });
  }
  console.log(JSON.stringify(median(each)));
}
