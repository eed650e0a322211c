import { fixtureBytes, fixtureJson, fixtureNames } from '../fixtures.js';

/** A recorded answer of InvokeModel or InvokeModelWithResponseStream. */
export interface RecordedInvoke {
  name: string;
  modelId: string;
  status: number;
  headers: Record<string, string>;
  request: object;
  body: Uint8Array<ArrayBuffer>;
}

/** All recorded answers of a kind: `invoke.json.json`, `invoke.error.json`, `invoke-with-response-stream.stream.bin`. */
export function recordedInvokes(ending: string): RecordedInvoke[] {
  return fixtureNames('recorded')
    .filter((file) => file.endsWith(`.${ending}`))
    .map((file) => {
      const stem = file.slice(0, file.lastIndexOf('.'));
      const meta = fixtureJson<{ uri: string; status: number; headers: object; request: object }>(
        `recorded/${stem}.meta.json`,
      );
      const { status, request } = meta;
      // They describe how the bytes came, which the recording does not keep.
      const { 'transfer-encoding': _, connection: __, ...headers } = meta.headers as Record<string, string>;
      const modelId = decodeURIComponent(/\/model\/([^/]+)\//.exec(meta.uri)?.[1] ?? '');
      return { name: stem, modelId, status, headers, request, body: fixtureBytes(`recorded/${file}`) };
    });
}

/** A fetch that gives this answer, and the requests that it was given. */
export function answering(
  answer: Pick<RecordedInvoke, 'status' | 'headers'>,
  chunks: readonly Uint8Array<ArrayBuffer>[],
) {
  const requests: Request[] = [];
  const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    requests.push(new Request(input, init));
    let at = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          const chunk = chunks[at++];
          if (chunk === undefined) controller.close();
          else controller.enqueue(chunk);
        },
      },
      { highWaterMark: 0 },
    );
    return new Response(body, { status: answer.status, headers: answer.headers });
  };
  return { fetch, requests };
}
