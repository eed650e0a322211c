import { toBase64 } from '../../wire/base64.js';
import { runPage } from './script.js';
import { STYLE } from './style.js';

/** The page as a document, and the policy that lets it run its own script and nothing else. */
export interface PageDocument {
  html: string;
  /** `Content-Security-Policy`. */
  policy: string;
}

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%230b62d6'/%3E%3Cpath d='M3 11h2l2-6 2 8 1.5-4H13' fill='none' stroke='%23fff' stroke-width='1.5'/%3E%3C/svg%3E";

/** Writes the document. It is the same for everybody, so that it has no secret. */
export async function createDocument(): Promise<PageDocument> {
  const script = `(${runPage})();`;
  const policy = [
    "default-src 'none'",
    `script-src '${await hash(script)}'`,
    `style-src '${await hash(STYLE)}'`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ];
  return { html: write(script), policy: policy.join('; ') };
}

/** How a policy names a script or style that is in the document. */
async function hash(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return `sha256-${toBase64(new Uint8Array(digest))}`;
}

function write(script: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Local Bedrock</title>
<link rel="icon" href="${ICON}">
<style>${STYLE}</style>
</head>
<body>
<header>
  <h1>Local Bedrock</h1>
  <p id="state" role="status" data-state="waiting">Connecting …</p>
</header>
<main>
  <noscript><p>This page needs JavaScript. The terminal shows the requests as well.</p></noscript>
  <section aria-labelledby="break" class="card">
    <h2 id="break">Make something fail</h2>
    <div class="controls">
      <div>
        <button type="button" data-fault="throttle=1" data-done="The next request will be rejected." aria-describedby="about-throttle">Throttle the next</button>
        <p id="about-throttle">Rejects a request with ThrottlingException. A client that retries gets its answer.</p>
      </div>
      <div>
        <button type="button" data-fault="reset=400" data-done="The next response will break off." aria-describedby="about-cut">Break the next</button>
        <p id="about-cut">Breaks the connection after 400 bytes of the response.</p>
      </div>
      <form id="deny">
        <label for="model">Deny the model</label>
        <div class="field">
          <input id="model" name="model" list="models" required autocomplete="off" spellcheck="false" placeholder="amazon.nova-lite-v1:0">
          <button type="submit">Deny</button>
        </div>
        <datalist id="models"></datalist>
      </form>
    </div>
    <div id="waiting" class="chips" hidden><span>Waiting for a request:</span><ul></ul><button type="button" id="clear">Drop</button></div>
    <div id="denied" class="chips" hidden><span>Denied:</span><ul></ul></div>
    <p id="outcome" role="status"></p>
  </section>
  <section aria-labelledby="requests" class="card">
    <h2 id="requests">Requests</h2>
    <p id="none">None yet. Requests appear here once a program uses the environment that the terminal shows.</p>
    <div class="scroll" role="region" aria-labelledby="requests" tabindex="0" hidden>
      <table>
        <thead><tr>
          <th scope="col">Time</th><th scope="col">Status</th><th scope="col">Operation</th><th scope="col">Model</th>
          <th scope="col" class="number">Tokens in</th><th scope="col" class="number">Out</th>
          <th scope="col" class="number">ms</th><th scope="col">Error or fault</th>
          <th scope="col"><span class="spoken">Action</span></th>
        </tr></thead>
        <tbody></tbody>
      </table>
    </div>
  </section>
</main>
<script>${script}</script>
</body>
</html>
`;
}
