import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';

/** A proxy as companies have it: it opens tunnels by CONNECT (RFC 9110, section 9.3.6) and sees no more of them. */
export interface TunnelProxy {
  url: string;
  /** Where tunnels were asked for, as `host:port`, in order. */
  asked: string[];
  /** Tunnels that are open now. */
  tunnels(): number;
  close(): Promise<void>;
}

/** Starts a proxy. With `user:password` it answers 407 to everyone who does not give them. */
export async function startProxy(secret?: string): Promise<TunnelProxy> {
  const asked: string[] = [];
  const open = new Set<Duplex>();
  const wanted = secret === undefined ? undefined : `Basic ${Buffer.from(secret).toString('base64')}`;
  const server = createServer((_request, response) => void response.writeHead(400).end());
  server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    const to = request.url ?? '';
    asked.push(to);
    client.on('error', () => client.destroy());
    if (wanted !== undefined && request.headers['proxy-authorization'] !== wanted) {
      client.end(
        'HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\ncontent-length: 0\r\n\r\n',
      );
      return;
    }
    const target = connect(Number(/\d+$/.exec(to)?.[0]), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      target.write(head);
      joinSockets(client, target);
    });
    target.on('error', () => client.destroy());
    open.add(client);
    client.on('close', () => open.delete(client));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    tunnels: () => open.size,
    async close() {
      for (const client of open) client.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A certificate that signs itself, good for a day. */
export interface Certificate {
  key: string;
  cert: string;
}

/** Makes a certificate for a host; undefined where openssl is missing. */
export function makeCertificate(host = 'localhost'): Certificate | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'bedrock-anywhere-tls-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const of = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const args = ['req', '-x509', '-days', '1', ...curve, ...of, '-keyout', key, '-out', cert];
    execFileSync('openssl', args, { stdio: 'ignore' });
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Puts TLS in front of a port of this machine. */
export async function startTls(
  certificate: Certificate,
  port: number,
): Promise<{ url: string; close(): Promise<void> }> {
  const open = new Set<Socket>();
  const server = createTlsServer(certificate, (client) => {
    open.add(client);
    joinSockets(client, connect(port, '127.0.0.1'));
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const client of open) client.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Bytes go both ways, and the end of one side is the end of the other. */
function joinSockets(a: Duplex, b: Duplex): void {
  a.pipe(b).pipe(a);
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const) {
    one.on('error', () => one.destroy());
    one.on('close', () => other.destroy());
  }
}
