import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Answers with a file of the page; undefined if there is none of this path. */
export type Files = (path: string) => Response | undefined;

/**
 * Reads the built page.
 *
 * @param folder Default: `dist/playground` of this package.
 * @throws Error if it has not been built
 */
export function readFiles(folder = builtFolder()): Files {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (cause) {
    throw new Error('The playground has not been built. Run: npm run build', { cause });
  }
  const bodies = new Map(names.map((name) => [`/${name}`, readFileSync(join(folder, name))]));
  const page = bodies.get('/index.html');
  if (page !== undefined) bodies.set('/', page);
  // The page has its policy itself, for servers that send none. Who may frame it can only be said by a header.
  const [, policy = ''] =
    /http-equiv="Content-Security-Policy"\s+content="([^"]*)"/.exec(page?.toString('utf8') ?? '') ?? [];
  return (path) => {
    const body = bodies.get(path);
    if (body === undefined) return undefined;
    return new Response(new Uint8Array(body), {
      headers: {
        'content-type': TYPES[extname(path === '/' ? '.html' : path)] ?? 'text/html; charset=utf-8',
        'content-security-policy': `${policy}; frame-ancestors 'none'`,
        'cache-control': 'no-store',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      },
    });
  };
}

function builtFolder(): string {
  const manifest = createRequire(import.meta.url).resolve('bedrock-anywhere/package.json');
  return join(dirname(manifest), 'dist', 'playground');
}
