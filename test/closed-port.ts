import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below what any system hands out by itself: a port of that kind may be another test's a moment later. */
const LOWEST = 20_000;
const HIGHEST = 30_000;

/** A port of 127.0.0.1 where nobody listens, nor will. */
export async function closedPort(): Promise<number> {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    const server = createServer();
    try {
      await once(server.listen(port, '127.0.0.1'), 'listening');
    } catch {
      continue;
    }
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}
