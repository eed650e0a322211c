import { expect } from 'vitest';
import { collectChat } from '../gateway/collect-chat.js';
import type { Outcome } from '../gateway/outcomes.js';
import { NOVA } from '../gateway/setup.js';
import { setUpTargets } from '../gateway/targets.js';
import fc from '../property.js';
import { fuzzProperty } from './seed.js';

/** How long a target is skipped for each failure, in milliseconds; 0 if it is not, undefined if no other target is tried. */
const SKIPPED = {
  ERR_THROTTLED: 100,
  ERR_QUOTA: 1000,
  ERR_NETWORK: 300,
  ERR_SERVICE: 300,
  ERR_TIMEOUT: 300,
  ERR_ACCESS_DENIED: 200,
  ERR_NOT_FOUND: 200,
  ERR_MODEL: 0,
  ERR_PROTOCOL: 0,
  ERR_INPUT: undefined,
} as const;
type Code = keyof typeof SKIPPED;

const failures = fc.record({
  code: fc.constantFrom(...(Object.keys(SKIPPED) as Code[])),
  // One event is the beginning of the message, the second one has content.
  afterEvents: fc.constantFrom(undefined, 0, 1, 2),
  retryAfterMs: fc.option(fc.constantFrom(0, 50, 700), { nil: undefined }),
});
const ends = fc.oneof(
  { arbitrary: fc.constant('ok' as const), weight: 1 },
  { arbitrary: failures, weight: 2 },
);

const requests = fc.integer({ min: 1, max: 4 }).chain((count) =>
  fc.array(
    fc.record({
      waitMs: fc.constantFrom(0, 1, 49, 50, 99, 100, 200, 300, 1000),
      isStream: fc.boolean(),
      ends: fc.array(ends, { minLength: count, maxLength: count }),
    }),
    { minLength: 1, maxLength: 8 },
  ),
);
type Request = typeof requests extends fc.Arbitrary<(infer One)[]> ? One : never;

/** What has to happen, by the rules alone: which targets are called, and which one the client hears. */
class Rules {
  /** Until when each target is skipped. */
  readonly #until: number[];

  constructor(count: number) {
    this.#until = Array.from({ length: count }, () => 0);
  }

  follow(
    { ends, isStream }: Request,
    now: number,
  ): { called: number[]; heard: number | undefined; isWhole: boolean } {
    const called: number[] = [];
    for (;;) {
      const at = this.#next(called, now);
      const end = at === undefined ? undefined : ends[at];
      if (at === undefined || end === undefined) return { called, heard: undefined, isWhole: false };
      called.push(at);
      const isOnly = ends.length === 1;
      if (end === 'ok') return { called, heard: at, isWhole: true };
      if (isStream && end.afterEvents === 2) return { called, heard: at, isWhole: false };
      const usual = SKIPPED[end.code];
      if (usual === undefined || isOnly) return { called, heard: undefined, isWhole: false };
      if (usual === 0) continue;
      this.#until[at] = Math.max(this.#until[at] ?? 0, now + (end.retryAfterMs ?? usual));
    }
  }

  #next(called: number[], now: number): number | undefined {
    const left = [...this.#until.keys()].filter((at) => !called.includes(at));
    const untilOf = (at: number): number => this.#until[at] ?? 0;
    const ready = left.find((at) => untilOf(at) <= now);
    if (ready !== undefined || called.length > 0) return ready;
    return left.sort((one, other) => untilOf(one) - untilOf(other))[0];
  }
}

fuzzProperty(
  'requests get the answer of the first target that works, and no target is called while it is skipped',
  1 / 20,
  requests,
  async (sent) => {
    const count = sent[0]?.ends.length ?? 0;
    const outcomes: Outcome[][] = Array.from({ length: count }, () => []);
    const names = outcomes.map((_, at) => String.fromCharCode(97 + at));
    const gateway = await setUpTargets(outcomes, {
      models: { aliases: { 'gpt-4o': names.map((client) => ({ modelId: NOVA, client })) } },
      routing: { throttledMs: 100, quotaMs: 1000, unavailableMs: 300, misconfiguredMs: 200 },
    });
    const rules = new Rules(count);
    for (const request of sent) {
      gateway.clock.now += request.waitMs;
      for (const [at, calls] of gateway.calls.entries()) {
        calls.length = 0;
        outcomes[at]?.splice(
          0,
          Number.POSITIVE_INFINITY,
          outcomeOf(request.ends[at] ?? 'ok', request.isStream),
        );
      }
      const { called, heard, isWhole } = rules.follow(request, gateway.clock.now);
      const response = await gateway.send('/v1/chat/completions', {
        model: 'gpt-4o',
        stream: request.isStream,
        messages: [{ role: 'user', content: 'Hi' }],
      });
      const text = await response.text();
      expect(gateway.calls.flatMap((calls, at) => calls.map(() => at))).toEqual([...called].sort());
      expect(called.length).toBeLessThanOrEqual(count);
      expect(gateway.log.at(-1)?.targets.map(({ client }) => client)).toEqual(called.map((at) => names[at]));
      const { shown, isDone } = readShown(response, text);
      const spoken = heard === undefined ? '' : `This is ${names[heard]}.`;
      expect([isWhole ? spoken : spoken.startsWith(shown), isDone]).toEqual([
        isWhole ? shown : true,
        isWhole,
      ]);
      expect(response.status === 200).toBe(heard !== undefined);
    }
    await gateway.close();
  },
);

function outcomeOf(end: Request['ends'][number], isStream: boolean): Outcome {
  if (end === 'ok') return end;
  const { code, afterEvents, retryAfterMs } = end;
  return {
    code,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(isStream && afterEvents !== undefined && { afterEvents }),
  };
}

/** The text that the client got, and whether it was told that this is all. */
function readShown(response: Response, text: string): { shown: string; isDone: boolean } {
  if (response.headers.get('content-type')?.includes('event-stream')) {
    const { message, isDone } = collectChat(text);
    return { shown: String(message['content'] ?? ''), isDone };
  }
  const { choices } = JSON.parse(text) as { choices?: { message: { content: string } }[] };
  return { shown: choices?.[0]?.message.content ?? '', isDone: choices !== undefined };
}
