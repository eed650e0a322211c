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
});
