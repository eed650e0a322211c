import { type Credentials, createBedrock, isBedrockError } from 'bedrock-anywhere';

/** One call, as JSON. */
export interface Call {
  endpoint: string;
  credentials: Credentials;
  /** Default: Nova Lite. */
  modelId?: string;
  /** What goes wrong, as in the header `x-local-fault`. */
  fault?: string;
}

/** What a page learns of it. */
export interface Outcome {
  text?: string;
  code?: string;
  name?: string;
  message?: string;
  status?: number;
  phase?: string;
  requestId?: string;
}

/** One call of a page, once, and what became of it. */
export async function call({ modelId, fault, ...options }: Call): Promise<Outcome> {
  const bedrock = createBedrock({ region: 'us-east-1', maxAttempts: 1, ...options });
  const request = {
    modelId: modelId ?? 'amazon.nova-lite-v1:0',
    messages: [{ role: 'user' as const, content: [{ text: 'ping' }] }],
  };
  try {
    const headers = fault === undefined ? {} : { 'x-local-fault': fault };
    return { text: await bedrock.stream(request, { headers }).text() };
  } catch (error) {
    if (!isBedrockError(error)) return { message: `No error of ours: ${String(error)}` };
    const { code, name, message, status, phase, requestId } = error;
    return {
      code,
      name,
      message,
      phase,
      ...(status !== undefined && { status }),
      ...(requestId !== undefined && { requestId }),
    };
  }
}
