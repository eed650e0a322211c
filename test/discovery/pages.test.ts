import { describe, expect, it, vi } from 'vitest';
import { normalize } from '../../src/discovery/normalize.js';
import { growthOf } from '../counting.js';
import { account, denied } from './account.js';

const ARN = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile';
const MODEL = 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0';
const profile = (id: string, more: object = {}) => ({
  inferenceProfileId: id,
  inferenceProfileArn: `${ARN}/${id}`,
  inferenceProfileName: id,
  type: 'APPLICATION',
  status: 'ACTIVE',
  models: [{ modelArn: MODEL }],
  ...more,
});

const protocolError = (what: RegExp) => ({
  code: 'ERR_PROTOCOL',
  phase: 'request',
  message: expect.stringMatching(what),
});

describe('an answer that is not a list of Bedrock', () => {
  it.each([
    ['an object of a gateway', { ok: true }],
    ['an empty object', {}],
    ['an error in a 200', { error: { message: 'no' } }],
    ['null', { modelSummaries: null, inferenceProfileSummaries: null }],
    ['an object', { modelSummaries: { length: 3 }, inferenceProfileSummaries: { length: 3 } }],
    ['text', { modelSummaries: 'none', inferenceProfileSummaries: 'none' }],
  ])('is an error: %s', async (_what, body) => {
    for (const operation of ['foundation-models', 'inference-profiles']) {
      const mine = account();
      mine.answers[operation] = () => Response.json(body);
      await expect(mine.discover()).rejects.toMatchObject(
        protocolError(/no (modelSummaries|inferenceProfileSummaries) as Bedrock sends it/),
      );
    }
  });

  it('does not take the place of the list before: that is given as stale', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      for (const operation of ['foundation-models', 'inference-profiles']) {
        const mine = account();
        const { models } = await mine.discover();
        vi.setSystemTime(Date.now() + 2 * 3_600_000);
        mine.answers[operation] = () => Response.json({ ok: true });
        expect(await mine.discover()).toMatchObject({
          source: 'stale',
          models,
          cause: { code: 'ERR_PROTOCOL' },
        });
        mine.answers[operation] = undefined;
        expect(await mine.discover()).toMatchObject({ source: 'network', models });
      }
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('an item that Bedrock does not send is an error that names the member', () => {
  const valid = { modelId: 'a.b', modelArn: MODEL, modelName: 'A', providerName: 'P' };
  it.each<[member: string, item: unknown]>([
    ['id', null],
    ['id', 5],
    ['id', 'text'],
    ['id', []],
    ['id', {}],
    ['id', { ...valid, modelId: 5 }],
    ['id', { ...valid, modelId: `${ARN}/x` }],
    ['id', { ...valid, modelId: 'a b' }],
    ['id', { ...valid, modelId: '\u001b[2J' }],
    ['arn', { ...valid, modelArn: 'arn:aws-cn:bedrock:cn-north-1::foundation-model/a' }],
    ['arn', { ...valid, modelArn: {} }],
    ['name', { ...valid, modelName: ['A'] }],
    ['name', { ...valid, modelName: 'A'.repeat(1001) }],
    ['provider', { ...valid, providerName: 7 }],
    ['input', { ...valid, inputModalities: 'TEXT' }],
    ['input', { ...valid, inputModalities: [null] }],
    ['output', { ...valid, outputModalities: { length: 1e9 } }],
    ['lifecycle', { ...valid, modelLifecycle: { status: 1 } }],
  ])('of a model: %s of %j', async (member, item) => {
    const mine = account();
    mine.answers['foundation-models'] = () => Response.json({ modelSummaries: [valid, item] });
    await expect(mine.discover()).rejects.toMatchObject(
      protocolError(new RegExp(` no ${member} as Bedrock`)),
    );
  });

  it.each<[member: string, item: unknown]>([
    ['id', null],
    ['id', profile('a', { inferenceProfileId: {} })],
    ['arn', profile('a', { inferenceProfileArn: undefined })],
    [
      'arn',
      profile('a', {
        inferenceProfileArn: 'arn:aws-cn:bedrock:cn-north-1:1:application-inference-profile/a',
      }),
    ],
    ['arn', profile('a', { inferenceProfileArn: 'arn:aws:bedrock:evil:123456789012:inference-profile/a' })],
    ['name', profile('a', { inferenceProfileName: 1 })],
    ['modelArns', profile('a', { models: [{ modelArn: 5 }] })],
    ['modelArns', profile('a', { models: [{ modelArn: 'a' }] })],
  ])('of a profile: %s of %j', async (member, item) => {
    const mine = account();
    mine.answers['inference-profiles'] = () =>
      Response.json({ inferenceProfileSummaries: [profile('b'), item] });
    await expect(mine.discover()).rejects.toMatchObject(
      protocolError(new RegExp(` no ${member} as Bedrock`)),
    );
  });

  it('but members that are missing, null or new are none', async () => {
    const mine = account();
    mine.answers['foundation-models'] = () =>
      Response.json({
        modelSummaries: [
          {
            modelId: 'a.b',
            modelName: null,
            modelLifecycle: { status: 'ACTIVE', endOfLife: 5 },
            inputModalities: ['TEXT'],
            outputModalities: ['TEXT'],
            responseStreamingSupported: true,
            inferenceTypesSupported: ['ON_DEMAND'],
            brandNew: {},
          },
        ],
      });
    mine.answers['inference-profiles'] = () =>
      Response.json({
        inferenceProfileSummaries: [profile('p', { models: null, brandNew: [] })],
        nextToken: null,
      });
    const { models } = await mine.discover();
    expect(models).toMatchObject([{ id: 'a.b', name: 'a.b', arn: '', provider: '' }]);
  });
});

describe('pages of profiles', () => {
  const pages = (next: (page: number) => unknown, size = 1) => {
    const mine = account();
    let page = 0;
    mine.answers['inference-profiles'] = () => {
      page += 1;
      const of = page;
      return Response.json({
        inferenceProfileSummaries: Array.from({ length: size }, (_, i) => profile(`p${of}-${i}`)),
        nextToken: next(of),
      });
    };
    return { mine, asked: () => page };
  };

  it('that repeat a nextToken are an error, not an endless loop', async () => {
    const { mine, asked } = pages(() => 'again');
    await expect(mine.discover()).rejects.toMatchObject(protocolError(/ no nextToken as Bedrock sends it/));
    expect(asked()).toBeLessThan(6);
  });

  it('that repeat one after a while are, too', async () => {
    const { mine, asked } = pages((page) => `token ${page % 6}`);
    await expect(mine.discover()).rejects.toMatchObject({ code: 'ERR_PROTOCOL' });
    expect(asked()).toBeLessThan(30);
  });

  it('that never end with ever new tokens are an error after a hundred', async () => {
    const { mine, asked } = pages((page) => `token ${page}`);
    await expect(mine.discover()).rejects.toMatchObject({ code: 'ERR_PROTOCOL' });
    expect(asked()).toBeLessThanOrEqual(202);
  });

  it.each([[5], [{}], [['x']], [true]])('with a nextToken of %j are an error', async (token) => {
    const { mine } = pages(() => token);
    await expect(mine.discover()).rejects.toMatchObject(protocolError(/ no nextToken as Bedrock sends it/));
  });

  it('are kept as far as they came where the permission ends', async () => {
    const { mine, asked } = pages((page) => `token ${page}`);
    const first = mine.answers['inference-profiles'];
    mine.answers['inference-profiles'] = () => (asked() >= 2 ? denied() : (first?.() as Response));
    const { models, warnings } = await mine.discover({ expandProfiles: true });
    expect(models.filter(({ via }) => via?.type === 'application')).not.toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('could not be listed')]);
  });

  it.each([
    ['a failure of the service', () => Response.json({ message: 'x' }, { status: 500 })],
    ['a network that is down', () => Promise.reject(new TypeError('fetch failed'))],
  ])('that fail by %s fail the call, so that half a list is not kept for an hour', async (_what, answer) => {
    const mine = account();
    mine.answers['inference-profiles'] = answer as () => Response;
    await expect(mine.discover()).rejects.toMatchObject({ code: expect.stringMatching(/SERVICE|NETWORK/) });
    mine.answers['inference-profiles'] = undefined;
    expect(await mine.discover()).toMatchObject({ source: 'network', warnings: [] });
  });
});

it.each<[what: string, lists: (size: number) => Parameters<typeof normalize>[0]]>([
  [
    'profiles of one model',
    (size) => ({
      models: [model('m')],
      profiles: Array.from({ length: size }, (_, i) => raw(`p${i}`, ['m'])),
      warnings: [],
    }),
  ],
  [
    'models of one profile',
    (size) => ({
      models: Array.from({ length: size }, (_, i) => model(`m${i}`)),
      profiles: [
        raw(
          'p',
          Array.from({ length: size }, (_, i) => `m${i}`),
        ),
      ],
      warnings: [],
    }),
  ],
])('the work for a list is linear in the number of %s', (_what, lists) => {
  const growth = growthOf(2000, (size) => {
    const list = lists(size);
    return () => normalize(list, 'us-east-1', { expandProfiles: true });
  });
  expect(growth).toBeLessThan(2.3);
});

it('a list is never passed as arguments, of which a call takes only so many', () => {
  const profiles = Array.from({ length: 150_000 }, (_, i) => raw(`p${i}`, ['m']));
  const lists = { models: [model('m')], profiles, warnings: [] };
  expect(normalize(lists, 'us-east-1', { expandProfiles: true }).models).toHaveLength(150_000);
});

function model(id: string) {
  const modalities = ['text'];
  return {
    id,
    arn: '',
    name: id,
    provider: 'P',
    input: modalities,
    output: modalities,
    streaming: true,
    lifecycle: 'ACTIVE',
    onDemand: false,
  };
}

function raw(id: string, models: string[]) {
  return {
    id,
    arn: `${ARN}/${id}`,
    name: id,
    type: 'system' as const,
    active: true,
    modelArns: models.map((name) => `arn:aws:bedrock:us-east-1::foundation-model/${name}`),
  };
}
