/** A route of a Next.js app that streams at the edge. Credentials and region come from the environment of the deployment. */
import { type ConverseStreamRequest, stream } from 'bedrock-anywhere';

// Next.js 16 has deprecated this runtime. Without this line the route runs in Node.js, as in examples/nextjs.
export const runtime = 'edge';

/**
 * Accepts the `{ messages }` of a chat and answers with Converse's events as server-sent events. Anyone who can call this
 * spends your money: put your own check of the session first.
 */
export async function POST(request: Request): Promise<Response> {
  const { messages } = (await request.json().catch(() => ({}))) as Pick<ConverseStreamRequest, 'messages'>;
  if (!messages?.length) return new Response('Send JSON: { messages: [{ role, content }] }', { status: 400 });
  const answer = stream(
    { modelId: process.env['BEDROCK_MODEL'] ?? 'amazon.nova-lite-v1:0', messages },
    // When the visitor leaves, the call ends and costs nothing more.
    { signal: request.signal },
  );
  // The visitor sees a general message; the log shows what went wrong.
  return answer.toResponse({ onError: (error) => console.error(error) });
}
