import { describe, expect, it } from 'vitest';
import { turns } from '../clock.js';
import { account, denied } from './account.js';

describe('checkAccess', () => {
  it('marks what the account has no access to, and asks nothing without it', async () => {
    const mine = account({ noAccess: ['amazon.nova-pro-v1:0'] });
    expect(new Set((await mine.discover()).models.map(({ access }) => access))).toEqual(new Set([undefined]));
    expect(mine.asked).not.toContain('foundation-model-availability');
    const { models, warnings } = await mine.discover({ checkAccess: true });
    expect(models.filter(({ access }) => access === false).map(({ id }) => id)).toEqual([
      'amazon.nova-pro-v1:0',
    ]);
    expect(models.filter(({ access }) => access === true)).toHaveLength(models.length - 1);
    expect(warnings).toEqual([]);
  });

  it('asks for the foundation model behind a profile, once, from the cache the next time', async () => {
    const mine = account();
    const { models } = await mine.discover({ checkAccess: true });
    await mine.discover({ checkAccess: true });
    const asked = mine.asked.filter((operation) => operation === 'foundation-model-availability');
    expect(asked).toHaveLength(models.length);
  });

  it('asks a few at a time', async () => {
    const mine = account();
    let underWay = 0;
    let most = 0;
    const held: (() => void)[] = [];
    mine.answers['foundation-model-availability'] = async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise<void>((resolve) => held.push(resolve));
      underWay -= 1;
      return Response.json({ authorizationStatus: 'AUTHORIZED', entitlementAvailability: 'AVAILABLE' });
    };
    let isOver = false;
    const found = mine.discover({ checkAccess: true }).finally(() => {
      isOver = true;
    });
    // All that may ask have asked before the first is answered.
    for (; !isOver; await turns()) for (const release of held.splice(0)) release();
    await found;
    expect(most).toBe(4);
  });

  it('says so where the question may not be asked, and leaves the models unmarked', async () => {
    const mine = account();
    mine.answers['foundation-model-availability'] = denied;
    const { models, warnings } = await mine.discover({ checkAccess: true });
    expect(models.length).toBeGreaterThan(0);
    expect(models.every(({ access }) => access === undefined)).toBe(true);
    expect(warnings).toEqual([
      expect.stringMatching(/Access to \d+ of \d+ models.*bedrock:GetFoundationModelAvailability/),
    ]);
  });

  it.each([
    ['all that is asked', {}, true],
    ['a gateway that says less', { agreementAvailability: undefined, regionAvailability: null }, true],
    ['no authorization', { authorizationStatus: 'NOT_AUTHORIZED' }, false],
    ['no agreement', { agreementAvailability: { status: 'NOT_AVAILABLE' } }, false],
    ['an agreement under way', { agreementAvailability: { status: 'PENDING' } }, false],
    ['no entitlement', { entitlementAvailability: 'NOT_AVAILABLE' }, false],
    ['another region', { regionAvailability: 'NOT_AVAILABLE' }, false],
  ])('looks at %s', async (_what, more, access) => {
    const mine = account();
    mine.answers['foundation-model-availability'] = async () =>
      Response.json({
        agreementAvailability: { status: 'AVAILABLE' },
        authorizationStatus: 'AUTHORIZED',
        entitlementAvailability: 'AVAILABLE',
        regionAvailability: 'AVAILABLE',
        ...more,
      });
    const { models } = await mine.discover({ checkAccess: true });
    expect(new Set(models.map((model) => model.access))).toEqual(new Set([access]));
  });
});

describe('without permission to list models', () => {
  it('lists what profiles lead to, and says so', async () => {
    const mine = account();
    mine.answers['foundation-models'] = denied;
    const { models, warnings } = await mine.discover();
    expect(models.map(({ id }) => id)).toContain('us.anthropic.claude-haiku-4-5-20251001-v1:0');
    expect(models.every(({ via, input }) => via?.type === 'system' && input.join() === 'text')).toBe(true);
    expect(warnings).toEqual([
      expect.stringMatching(/Models could not be listed.*bedrock:ListFoundationModels/),
    ]);
  });

  it('fails as before where there are no profiles either, or where the next request may succeed', async () => {
    const mine = account();
    mine.answers['foundation-models'] = denied;
    mine.answers['inference-profiles'] = denied;
    await expect(mine.discover()).rejects.toMatchObject({ code: 'ERR_ACCESS_DENIED' });
    const other = account();
    other.answers['foundation-models'] = async () => Response.json({ message: 'no' }, { status: 500 });
    await expect(other.discover({ maxAttempts: 1 })).rejects.toMatchObject({ status: 500 });
  });
});
