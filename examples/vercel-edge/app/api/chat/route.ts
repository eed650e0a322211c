/** A route of a Next.js app that streams at the edge. Credentials and region come from the environment of the deployment. */
import { stream } from 'bedrock-anywhere';
import { reject } from './access';
import { readMessages } from './messages';

// Next.js 16 has deprecated this runtime. Without this line the route runs in Node.js, as in examples/nextjs.
export const runtime = 'edge';

const FORM = 'Send JSON: { messages: [{ role, content: [{ text }] }] }';

/** Limits what one answer can cost. */
const MOST_TOKENS = 2000;

/**
 * Accepts the `{ messages }` of a chat and answers with Converse's events as server-sent events. Each caller needs one of the
 * tokens in `ACCESS_TOKENS`.
 */
export async function POST(request: Request): Promise<Response> {
  const rejection = await reject(request, process.env['ACCESS_TOKENS']);
  if (rejection !== undefined) return rejection;
  const messages = readMessages(await request.json().catch(() => undefined));
  if (messages === undefined) return new Response(FORM, { status: 400 });
  const modelId = process.env['BEDROCK_MODEL'] ?? 'amazon.nova-lite-v1:0';
  const answer = stream(
    { modelId, messages, inferenceConfig: { maxTokens: MOST_TOKENS } },
    // When the visitor leaves, the call ends and costs nothing more.
    { signal: request.signal },
  );
  // The visitor sees a general message; the log shows what went wrong.
  return answer.toResponse({ onError: (error) => console.error(error) });
}
