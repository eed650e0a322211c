import type { ConverseStreamCommandInput, Tool } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import { repairHistory } from '../../src/repair/history.js';
import { assistant, CLAUDE, NOVA, result, say, thought, toolNamed, use, user } from './histories.js';

const PROFILE = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6';
const point = { cachePoint: { type: 'default' } } as const;
const point5m = { cachePoint: { type: 'default', ttl: '5m' } } as const;
const point1h = { cachePoint: { type: 'default', ttl: '1h' } } as const;
const hi = say('Hi');
const signed = thought('Hm.', 'c2ln');
const file = (format: string) => ({
  document: { format, name: `table ${format}`, source: { bytes: new Uint8Array([1]) } },
});
const csv = file('csv');

function repair(request: ConverseStreamCommandInput, level: 'lossless' | 'all' = 'lossless') {
  const modelId = request.modelId ?? CLAUDE;
  return repairHistory(request, { level, modelId, isPrompt: false });
}

/** The content of the last message that is sent. */
function lastContent(modelId: string, content: object[], level?: 'all') {
  const messages = [user(hi), assistant(hi), user(...content)];
  return repair({ modelId, messages }, level).request.messages?.at(-1)?.content;
}

describe('a cache point', () => {
  it.each<[string, object[], object[]]>([
    ['with nothing in front of it is omitted', [point, hi], [hi]],
    ['behind a blank text alone is omitted with it', [say(' '), point, hi], [hi]],
    ['behind other cache points alone is omitted with them', [point, point1h, hi], [hi]],
    ['moves in front of a CSV file', [hi, csv, point], [hi, point, csv]],
    ['moves in front of several files', [hi, csv, file('md'), point, hi], [hi, point, csv, file('md'), hi]],
    ['is omitted where a file begins the message', [csv, point, hi], [csv, hi]],
    ['is omitted where one stands already', [hi, point, csv, point], [hi, point, csv]],
    ['stays behind a PDF', [hi, file('pdf'), point], [hi, file('pdf'), point]],
    ['stays behind a text behind a CSV file', [csv, hi, point], [csv, hi, point]],
    ['stays behind another one', [hi, point, point], [hi, point, point]],
  ])('of Claude %s', (_what, given, sent) => {
    expect(lastContent(CLAUDE, given)).toEqual(sent);
  });

  it('stays behind a CSV file at Nova, which is not known to refuse it, and moves where the model may be Claude', () => {
    expect(lastContent(NOVA, [hi, csv, point])).toEqual([hi, csv, point]);
    expect(lastContent(PROFILE, [hi, csv, point])).toEqual([hi, point, csv]);
    expect(lastContent(`arn:aws:bedrock:us-east-1::foundation-model/${NOVA}`, [hi, csv, point])).toEqual([
      hi,
      csv,
      point,
    ]);
  });

  it('moves in front of thoughts, and is omitted where they begin the message', () => {
    const answers = [assistant(hi, signed, point), assistant(signed, point, hi)];
    const messages = answers.flatMap((answer) => [user(hi), answer]);
    const { request, repairs } = repair({ modelId: CLAUDE, messages: [...messages, user(hi)] });
    expect(request.messages?.[1]).toEqual(assistant(hi, point, signed));
    expect(request.messages?.[3]).toEqual(assistant(signed, hi));
    expect(repairs).toEqual([
      { kind: 'cache-point', path: 'messages.1.content.2' },
      { kind: 'cache-point', path: 'messages.3.content.1' },
    ]);
  });

  it('does not stay alone when an orphaned result or an unsigned thought in front of it goes', () => {
    const toolConfig = { tools: [toolNamed('look_up')] };
    const orphan = [user(hi), assistant(hi), user(result('gone'), point, hi)];
    const { request, repairs } = repair({ modelId: CLAUDE, messages: orphan, toolConfig }, 'all');
    expect(request.messages?.at(-1)).toEqual(user(hi));
    expect(repairs.map(({ kind, path }) => [kind, path])).toEqual([
      ['orphaned-tool', 'messages.2.content.0'],
      ['cache-point', 'messages.2.content.1'],
    ]);
    const unsigned = [user(hi), assistant(thought('Hm.'), point, hi), user(hi)];
    expect(repair({ modelId: CLAUDE, messages: unsigned }, 'all').request.messages?.[1]).toEqual(
      assistant(hi),
    );
    const alone = [user(hi), assistant(thought('Hm.'), point), user(hi)];
    expect(repair({ modelId: CLAUDE, messages: alone }, 'all').request.messages?.[1]).toEqual(
      assistant(say('Hm.')),
    );
    const used = [user(hi), assistant(use('gone'), point), user(hi)];
    expect(repair({ modelId: CLAUDE, messages: used, toolConfig }, 'all').request.messages).toEqual([
      user(hi),
      assistant(say('(empty)')),
      user(hi),
    ]);
  });

  it('with nothing in front of it is omitted from system prompt and tools, which keep their places in the list', () => {
    const system = [say(''), point, hi, point] as never;
    const tools = [point as Tool, toolNamed('a.b'), point as Tool];
    const { request, repairs } = repair({
      modelId: CLAUDE,
      system,
      messages: [user(hi)],
      toolConfig: { tools },
    });
    expect(request.system).toEqual([hi, point]);
    expect(request.toolConfig?.tools).toEqual([toolNamed('a_b'), point]);
    expect(repairs).toEqual([
      { kind: 'tool-name', path: 'toolConfig.tools.1.toolSpec.name', before: 'a.b', after: 'a_b' },
      { kind: 'blank-text', path: 'system.0' },
      { kind: 'cache-point', path: 'toolConfig.tools.0' },
      { kind: 'cache-point', path: 'system.1' },
    ]);
  });

  it('alone is no system prompt and no list of tools', () => {
    const { request } = repair({
      modelId: CLAUDE,
      system: [point] as never,
      messages: [user(hi), assistant(use('a')), user(result('a'))],
      toolConfig: { tools: [point as Tool] },
    });
    expect(request.system).toBeUndefined();
    expect(request.toolConfig?.tools).toEqual([toolNamed('look_up')]);
  });
});

describe('of more than four cache points', () => {
  const turns = (count: number) =>
    Array.from({ length: count }, (_, i) => [user(say(`${i}`), point), assistant(hi)]).flat();
  const pointsOf = ({ messages = [] }: ConverseStreamCommandInput) =>
    messages.flatMap(({ content }, i) => (content?.some((block) => block.cachePoint) ? [i] : []));

  it('the last ones of the conversation are sent, and those of system prompt and tools', () => {
    const tools = [toolNamed('a'), point as Tool];
    const { request, repairs } = repair({
      modelId: CLAUDE,
      system: [hi, point] as never,
      messages: [...turns(5), user(hi)],
      toolConfig: { tools },
    });
    expect(pointsOf(request)).toEqual([6, 8]);
    expect(request.system).toEqual([hi, point]);
    expect(request.toolConfig?.tools).toEqual(tools);
    expect(repairs).toEqual([0, 2, 4].map((i) => ({ kind: 'cache-point', path: `messages.${i}.content.1` })));
  });

  it('the last of the system prompt are sent where it has more', () => {
    const system = ['a', 'b', 'c', 'd', 'e'].flatMap((text) => [say(text), point]) as never;
    const { request } = repair({ modelId: NOVA, system, messages: [...turns(1), user(hi)] });
    expect(request.system).toEqual([say('a'), ...(system as object[]).slice(2)]);
    expect(pointsOf(request)).toEqual([]);
  });

  it('one object that stands in many places is counted in each', () => {
    const { repairs } = repair({ modelId: CLAUDE, messages: [...turns(6), user(hi)] });
    expect(repairs).toHaveLength(2);
  });
});

describe('an hour of caching', () => {
  it('becomes five minutes behind a cache point of five minutes, and stays in front of it', () => {
    const { request, repairs } = repair({
      modelId: CLAUDE,
      system: [hi, point1h] as never,
      messages: [user(hi, point5m), assistant(hi), user(hi, point1h)],
    });
    expect(request.system).toEqual([hi, point1h]);
    expect(request.messages?.[0]).toEqual(user(hi, point5m));
    expect(request.messages?.[2]).toEqual(user(hi, point));
    expect(repairs).toEqual([
      { kind: 'cache-point', path: 'messages.2.content.1.cachePoint.ttl', before: '1h', after: '5m' },
    ]);
  });

  it('stays where the cache points of five minutes in front of it are omitted', () => {
    const messages = [
      user(point, hi, point5m),
      assistant(hi, point1h),
      user(hi, point1h),
      assistant(hi, point1h),
      user(hi, point1h),
    ];
    const { request } = repair({ modelId: CLAUDE, messages });
    expect(request.messages).toEqual([user(hi), ...messages.slice(1)]);
  });

  it('is left to models that say nothing about lifetimes', () => {
    const request = { modelId: 'acme.brain-v1:0', messages: [user(hi, point, hi, point1h)] };
    expect(repair(request).request).toBe(request);
  });
});
