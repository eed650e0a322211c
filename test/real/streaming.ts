import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { expect, it } from 'vitest';

const COUNT = 'one two three four five six seven eight nine ten eleven twelve';

/** A Bedrock that counts when it is asked to, and talks for an hour when it is asked to go on. */
export function startBedrock(): Promise<LocalServer> {
  return startLocalBedrock({
    tokensPerSecond: 20,
    script: [
      { user: 'count', text: COUNT },
      { user: 'go on', text: 'word '.repeat(100_000) },
    ],
  });
}

/** One server-sent event. */
interface SentEvent {
  name: string;
  data: { delta?: { text?: string }; stopReason?: string };
}

/** The server-sent events of a response, each as soon as it is there. */
async function* eventsOf(response: Response): AsyncGenerator<SentEvent, void> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>) {
    const parts = (text + decoder.decode(bytes, { stream: true })).split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const [, name = part, data = '{}'] = /^event: (\w+)\ndata: (.*)$/.exec(part) ?? [];
      yield { name, data: JSON.parse(data) as SentEvent['data'] };
    }
  }
  expect(text).toBe('');
}

async function readAll(events: AsyncIterable<SentEvent>): Promise<SentEvent[]> {
  const all: SentEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** Where a route is, and what is behind it. */
export interface Route {
  url: string;
  bedrock: LocalServer;
}

function ask(url: string, text: string, signal?: AbortSignal): Promise<Response> {
  const messages = [{ role: 'user', content: [{ text }] }];
  return fetch(url, {
    method: 'POST',
    body: JSON.stringify({ modelId: 'amazon.nova-lite-v1:0', messages }),
    signal: signal ?? null,
  });
}

/** What holds for a route that streams answers, whoever serves it. */
export function itStreams(route: () => Route): void {
  it("sends Converse's events in their order, to the end", async () => {
    const response = await ask(route().url, 'count');
    if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
    const events = await readAll(eventsOf(response));
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const deltas = events.filter(({ name }) => name === 'contentBlockDelta');
    expect(deltas.length).toBeGreaterThan(1);
    expect(events.map(({ name }) => name)).toEqual([
      'messageStart',
      ...deltas.map(({ name }) => name),
      'contentBlockStop',
      'messageStop',
      'metadata',
    ]);
    expect(deltas.map(({ data }) => data.delta?.text).join('')).toBe(COUNT);
    expect(events.at(-2)?.data.stopReason).toBe('end_turn');
  });

  it('sends events while the answer goes on, and ends the call to Bedrock when the visitor leaves', async () => {
    const { url, bedrock } = route();
    const visitor = new AbortController();
    const events = eventsOf(await ask(url, 'go on', visitor.signal));
    for (let deltas = 0; deltas < 5; ) {
      const { value } = await events.next();
      expect(value).toBeDefined();
      if (value?.name === 'contentBlockDelta') deltas += 1;
    }
    expect(bedrock.liveConnections()).toBe(1);
    visitor.abort();
    // What had arrived before is handed out first.
    await expect(readAll(events)).rejects.toThrow('aborted');
    await expect.poll(() => bedrock.liveConnections(), { timeout: 120_000 }).toBe(0);
  });
}
