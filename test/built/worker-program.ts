/** A worker of a page, that does what it is told: module worker and service worker alike. */
import { type Bedrock, type Credentials, createBedrock, isBedrockError } from 'bedrock-anywhere';

/** What a worker is asked. */
export type Order =
  | { do: 'read' | 'hold'; endpoint: string; credentials: Credentials }
  | { do: 'leave' }
  /** A call to AWS's own address, which only is tried where nothing speaks against it. */
  | { do: 'call AWS'; credentials: Credentials };

/** What it answers. */
export interface Report {
  text?: string;
  code?: string;
  message?: string;
  /** Where it runs: the name of the global object's class. */
  scope: string;
}

const request = {
  modelId: 'amazon.nova-lite-v1:0',
  messages: [{ role: 'user' as const, content: [{ text: 'ping' }] }],
};

/** The stream that is held: how it is told to go on, and when it was left. */
let goOn = (): void => {};
let left: Promise<void> | undefined;

async function obey(order: Order): Promise<string> {
  switch (order.do) {
    case 'read':
      return bedrockAt(order).stream(request).text();
    case 'hold':
      return new Promise((resolve, reject) => {
        left = hold(bedrockAt(order), resolve);
        left.catch(reject);
      });
    case 'leave':
      goOn();
      await left;
      return 'left';
    case 'call AWS': {
      const { credentials } = order;
      // No request leaves the machine: what is tried shows in fetch.
      const fetch = () => Promise.reject(new TypeError('It was tried.'));
      return createBedrock({ region: 'us-east-1', credentials, fetch, maxAttempts: 1 })
        .stream(request)
        .text();
    }
  }
}

/** Reads a stream that stalls up to its first text, and leaves the loop when it is told to. */
async function hold(bedrock: Bedrock, onText: (text: string) => void): Promise<void> {
  const told = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  for await (const event of bedrock.stream(request, { headers: { 'x-local-fault': 'stall=3' } })) {
    if (event.type !== 'contentBlockDelta') continue;
    onText(event.delta.text ?? '');
    await told;
    break;
  }
}

function bedrockAt({ endpoint, credentials }: { endpoint: string; credentials: Credentials }): Bedrock {
  return createBedrock({ endpoint, region: 'us-east-1', credentials });
}

async function report(order: Order): Promise<Report> {
  const scope = Object.prototype.toString.call(globalThis).slice(8, -1);
  try {
    return { scope, text: await obey(order) };
  } catch (error) {
    return {
      scope,
      message: String(error),
      ...(isBedrockError(error) && { code: error.code }),
    };
  }
}

/** Begins to listen. */
export function serve(): void {
  addEventListener('message', (event) => {
    const [port] = event.ports;
    void report((event as MessageEvent<Order>).data).then((answer) => port?.postMessage(answer));
  });
}
