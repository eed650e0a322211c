/** The playground of the package, for the visitors of this Worker: its files are the assets that `wrangler.jsonc` names. */

/** What the page begins with: the gateway of the Worker that serves it. Visitors type their access token, and nothing else. */
const SETTINGS = { connection: { kind: 'gateway', endpoint: '/' } };

/**
 * The page has a policy itself, for any connection. This one lets it reach only the Worker, and nobody frame it. Text can never become
 * a script, even if the page had a mistake: it makes no HTML at all, so it needs no policy of Trusted Types.
 */
const HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Static files, as Cloudflare's Workers have them. */
export interface Assets {
  fetch(request: Request): Promise<Response>;
}

/** Answers with a file of the page, or with 404. */
export async function servePage(request: Request, assets: Assets): Promise<Response> {
  const isSettings = new URL(request.url).pathname === '/settings.json';
  const found = isSettings ? Response.json(SETTINGS) : await assets.fetch(request);
  const response = new Response(found.body, found);
  for (const [name, value] of Object.entries(HEADERS)) response.headers.set(name, value);
  return response;
}
