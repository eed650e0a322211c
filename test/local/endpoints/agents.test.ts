import { createLocalBedrock } from 'bedrock-anywhere/local';
import { expect, it } from 'vitest';
import { describeFixtures, fixtureJson, fixtureNames } from '../../fixtures.js';
import { askMantle, askRuntime, dataOf, framesOf, type Json } from './post.js';

interface Recorded {
  requests: { path: string; headers: Record<string, string>; body: Json }[];
}

/** Requests that a host refuses, and why. All others get an answer. */
const REFUSED: readonly [file: RegExp, host: 'mantle' | 'runtime' | 'both', message: RegExp][] = [
  [/^codex-/, 'runtime', /^Invalid value: '(?:web|tool)_search'/],
  [
    /^codex-gpt-(?:5\.6|6\.2)-sol/,
    'mantle',
    /namespace 'functions' collides with an existing tool namespace/,
  ],
  [/^(?:claude-code|opencode-messages)/, 'runtime', /violates the regular expression$/],
  [
    /-toolrunner-thread-(?:ignored|unsupported)\.json #[12]$/,
    'both',
    /^thread: Extra inputs are not permitted$/,
  ],
  [/-history-store-default\.json #[23]$/, 'both', /^Item with id '.+' not found/],
  [/^aisdk7-openai-.*-image/, 'both', /does not fetch files/],
  [/^aisdk7-anthropic-image/, 'both', /Input tag 'url' found/],
  [/-responses-.*settings/, 'both', /Expected a value >= 16, but got 10/],
  [/^anthropic-sdk-parse-zod/, 'both', /^output_config.format: Extra inputs/],
  [
    /^anthropic-sdk-thinking-stream|-reject-adaptive\.json #[23]$/,
    'both',
    /^"thinking.type.enabled" is not supported/,
  ],
  [/-sonnet-4-5\.json #2$/, 'both', /Expected `thinking` or `redacted_thinking`, but found `text`/],
];

/** A recording has this in place of the bytes of an image or a document. */
const PLACEHOLDER = /(?<=base64,|"data":")AAAA(?=")/g;
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const local = createLocalBedrock({ addModels: ['acme.any-v1:0'] });

/** The recorded requests of a protocol. */
function listRequests(protocol: RegExp): [name: string, request: Recorded['requests'][number]][] {
  const files = fixtureNames('agents').filter((name) => name.endsWith('.json'));
  return files.flatMap((file) =>
    fixtureJson<Recorded>(`agents/${file}`).requests.flatMap((request, i) =>
      protocol.test(request.path) ? [[`${file} #${i + 1}`, request] as [string, typeof request]] : [],
    ),
  );
}

/** Claude by the name that the host has for it; any other model is one that speaks every protocol. */
function modelOf({ model }: Json, host: string): string {
  const [name] = /claude-(?:opus-(?:5|4-8)|sonnet-5|fable-5)[\d-]*$/.exec(String(model)) ?? [];
  if (name === undefined) return host === 'mantle' ? 'acme.any' : 'acme.any-v1:0';
  return `${host === 'mantle' ? '' : 'us.'}anthropic.${name}`;
}

describeFixtures('agents', 'a recorded request of a real client', () => {
  const used = new Set<unknown>();

  for (const [protocol, base, kind] of [
    ['chat/completions', { mantle: 'v1', runtime: 'openai/v1' }, 'chat.completion'],
    ['responses', { mantle: 'openai/v1', runtime: 'openai/v1' }, 'response'],
    ['messages', { mantle: 'anthropic/v1', runtime: 'anthropic/v1' }, 'message'],
  ] as const) {
    const requests = listRequests(new RegExp(`/v1/${protocol}$`));
    it.each(requests)(
      `gets an answer through ${protocol}, or a good reason: %s`,
      async (name, { body, headers }) => {
        for (const [host, ask] of [
          ['mantle', askMantle],
          ['runtime', askRuntime],
        ] as const) {
          const own = Object.entries(headers).filter(([header]) =>
            /^anthropic-(?:version|beta)$/i.test(header),
          );
          const sent = { ...body, model: modelOf(body, host) };
          const response = await ask(
            local,
            `/${base[host]}/${protocol}`,
            JSON.stringify(sent).replace(PLACEHOLDER, PIXEL),
            {
              headers: Object.fromEntries(own),
            },
          );
          const row = REFUSED.find(([file, of]) => file.test(name) && (of === 'both' || of === host));
          if (response.status !== 200 && row !== undefined) {
            used.add(row);
            expect((await response.json()) as Json).toMatchObject({
              error: { message: expect.stringMatching(row[2]) },
            });
          } else if (body['stream'] === true) {
            const frames = await framesOf(response);
            expect(dataOf(frames).map((data) => typeof (data['type'] ?? data['object']))).not.toContain(
              'undefined',
            );
            expect(frames.at(-1)?.join('\n')).toMatch(/\[DONE\]|"response\.completed"|message_stop/);
          } else {
            const answer = (await response.json()) as Json;
            expect(answer['object'] ?? answer['type'], JSON.stringify(answer)).toBe(kind);
          }
        }
      },
    );
  }

  it('is refused for each of the reasons above', () => {
    expect(REFUSED.filter((row) => !used.has(row))).toEqual([]);
  });
});
