import { type LocalServer, startLocalBedrock } from 'bedrock-anywhere/local/node';
import { expect, it } from 'vitest';

/** The examples answer only callers with a token. */
export const ACCESS_TOKEN = 'the-token-of-the-only-caller-there-is';
export const headers = { authorization: `Bearer ${ACCESS_TOKEN}` };

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

/** A route, who serves it, and what is behind it. */
export interface Route {
  url: string;
  server: { readonly log: string } | undefined;
  bedrock: LocalServer;
}

/** The events that a route answers with. */
async function ask(
  { url, server }: Route,
  text: string,
  signal?: AbortSignal,
): Promise<AsyncGenerator<SentEvent, void>> {
  const messages = [{ role: 'user', content: [{ text }] }];
  const response = await fetch(url, {
    method: 'POST',
    headers,
    body: JSON.stringify({ modelId: 'amazon.nova-lite-v1:0', messages }),
    signal: signal ?? null,
  });
  const type = response.headers.get('content-type');
  if (response.status !== 200 || type !== 'text/event-stream; charset=utf-8')
    throw new Error(`${url} answered ${response.status} with ${type}. Its server printed:\n${server?.log}`);
  return eventsOf(response);
}

/** What holds for a route that streams answers, whatever serves it. */
export function itStreams(route: () => Route): void {
  it("sends Converse's events in their order, to the end", async () => {
    const events = await readAll(await ask(route(), 'count'));
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
    const { bedrock } = route();
    const others = bedrock.liveConnections();
    const visitor = new AbortController();
    const events = await ask(route(), 'go on', visitor.signal);
    for (let deltas = 0; deltas < 5; ) {
      const { value } = await events.next();
      expect(value).toBeDefined();
      if (value?.name === 'contentBlockDelta') deltas += 1;
    }
    expect(bedrock.liveConnections()).toBe(others + 1);
    visitor.abort();
    // What had arrived before is handed out first.
    await expect(readAll(events)).rejects.toThrow('aborted');
    await expect.poll(() => bedrock.liveConnections(), { timeout: 120_000 }).toBe(others);
  });
}
