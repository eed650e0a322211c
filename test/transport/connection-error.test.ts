import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type BedrockError, createBedrock, isBedrockError } from '../../src/index.js';
import { connectionError } from '../../src/transport/connection-error.js';
import { closedPort } from '../closed-port.js';
import { noProcess } from '../no-process.js';

const request = { modelId: 'm', messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }] };
const failureAt = (endpoint: string): Promise<BedrockError> =>
  createBedrock({ endpoint, credentials: { token: 'key' }, maxAttempts: 1 })
    .converse(request)
    .then(
      () => expect.fail('it did not fail'),
      (error: unknown) => (isBedrockError(error) ? error : expect.fail(`it is not ours: ${error}`)),
    );

/** The errors that fetch gives in Node, one in the other. */
const thrown = (...reasons: { code?: string; message: string }[]): Error =>
  reasons.reduceRight<Error | undefined>(
    (cause, { code, message }) => Object.assign(new TypeError(message, { cause }), code && { code }),
    undefined,
  ) as Error;
const messageOf = (cause: unknown, url = 'https://example.com', phase: 'request' | 'stream' = 'request') =>
  connectionError(cause, new URL(url), phase).message;

afterEach(() => vi.unstubAllGlobals());

describe('a connection that fails in Node', () => {
  it('is refused: the message says so, and nothing of browsers', async () => {
    const { message, retryable } = await failureAt(`http://127.0.0.1:${closedPort()}`);
    expect(message).toMatch(/^No answer from 127\.0\.0\.1:\d+: .*ECONNREFUSED/);
    expect(message).not.toMatch(/CORS|CSP/);
    expect(retryable).toBe(true);
  });

  it('speaks TLS to a server that does not', async () => {
    const server = createServer((_request, response) => response.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { message } = await failureAt(`https://127.0.0.1:${port}`);
    server.close();
    expect(message).toMatch(/wrong version number\)\. The server does not speak TLS there: .* http:\?$/);
    expect(message).not.toMatch(/\n|\.c:|deps\//);
  });
});

describe('what the message says', () => {
  it.each([
    [
      'a host that refuses',
      thrown(
        { message: 'fetch failed' },
        { code: 'ECONNREFUSED', message: 'connect ECONNREFUSED 127.0.0.1:9999' },
      ),
      'No answer from example.com: connect ECONNREFUSED 127.0.0.1:9999. Nothing is listening there: check the host and port of the endpoint.',
    ],
    [
      'both addresses that refuse',
      thrown({ message: 'fetch failed' }, { code: 'ECONNREFUSED', message: '' }),
      'No answer from example.com: ECONNREFUSED. Nothing is listening there: check the host and port of the endpoint.',
    ],
    [
      'a host that does not exist',
      thrown(
        { message: 'fetch failed' },
        { code: 'ENOTFOUND', message: 'getaddrinfo ENOTFOUND example.com' },
      ),
      'No answer from example.com: getaddrinfo ENOTFOUND example.com. There is no such host.',
    ],
    [
      'a reason without a code',
      thrown({ message: 'fetch failed' }, { message: 'bad port' }),
      'No answer from example.com: fetch failed: bad port. Check the network and the endpoint.',
    ],
    [
      'a reason that is no error',
      'went away',
      'No answer from example.com: went away. Check the network and the endpoint.',
    ],
  ])('of %s', (_what, cause, message) => {
    expect(messageOf(cause)).toBe(message);
  });

  it('of a region that may be misspelled', () => {
    const host = 'bedrock-runtime.us-eats-1.amazonaws.com';
    const cause = thrown(
      { message: 'fetch failed' },
      { code: 'ENOTFOUND', message: `getaddrinfo ENOTFOUND ${host}` },
    );
    expect(messageOf(cause, `https://${host}`)).toContain(
      'There is no such host: is the region us-eats-1 spelled right?',
    );
  });

  it('of a certificate that is not trusted, which is not worth a retry', () => {
    const cause = thrown(
      { message: 'fetch failed' },
      { code: 'SELF_SIGNED_CERT_IN_CHAIN', message: 'self-signed certificate in certificate chain' },
    );
    expect(connectionError(cause, new URL('https://example.com'), 'request')).toMatchObject({
      retryable: false,
      message: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
    });
  });

  it('of a stream that broke off', () => {
    const cause = thrown({ message: 'terminated' }, { code: 'UND_ERR_SOCKET', message: 'other side closed' });
    expect(messageOf(cause, undefined, 'stream')).toBe(
      'The connection to example.com broke off: UND_ERR_SOCKET (other side closed). Check the network and the endpoint.',
    );
  });

  it('in a browser, which hides the reason: CORS and CSP too', () => {
    vi.stubGlobal('process', noProcess());
    vi.stubGlobal('navigator', { userAgent: 'Mozilla/5.0' });
    expect(messageOf(new TypeError('Failed to fetch'))).toBe(
      "No answer from example.com: Failed to fetch. Check the network, the endpoint, that it allows this origin (CORS), and this page's CSP.",
    );
  });
});
