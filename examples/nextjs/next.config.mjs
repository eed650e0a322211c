/**
 * Headers of the playground. The page has a policy itself, for any connection. This one lets it reach only this server, and nobody frame
 * it. Text can never become a script, even if the page had a mistake: it makes no HTML at all, so it needs no policy of Trusted Types.
 */
const HEADERS = {
  'Content-Security-Policy': [
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
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

export default {
  // Otherwise Next.js bundles the AWS default chain, which takes time.
  serverExternalPackages: ['bedrock-anywhere'],
  async headers() {
    const headers = Object.entries(HEADERS).map(([key, value]) => ({ key, value }));
    return [{ source: '/playground/:path*', headers }];
  },
  // The page is a file in a folder, and its own files are next to it.
  async redirects() {
    return [{ source: '/playground', destination: '/playground/index.html', permanent: false }];
  },
};
