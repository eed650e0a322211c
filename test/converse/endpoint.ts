import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A web server with one route, such as people put `toResponse()` behind. */
export interface Endpoint {
  url: string;
  /** Resolves when the visitor has closed the connection before the answer was complete. */
  visitorGone: Promise<void>;
  close(): Promise<void>;
}

/** Serves responses over HTTP as frameworks do: a body that fails breaks the connection, a visitor who leaves cancels it. */
export async function startEndpoint(route: () => Response | Promise<Response>): Promise<Endpoint> {
  let gone = (): void => {};
  const visitorGone = new Promise<void>((resolve) => {
    gone = resolve;
  });
  const server = createServer(async (_request, out) => {
    const { status, headers, body } = await route();
    out.writeHead(status, Object.fromEntries(headers));
    out.flushHeaders();
    const reader = body?.getReader();
    out.on('close', () => {
      if (out.writableFinished) return;
      gone();
      reader?.cancel().catch(() => {});
    });
    try {
      for (let step = await reader?.read(); step?.done === false; step = await reader?.read())
        out.write(step.value);
      out.end();
    } catch {
      out.destroy();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    visitorGone,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
