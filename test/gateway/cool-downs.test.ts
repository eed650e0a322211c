import { describe, expect, it } from 'vitest';
import { CoolDowns } from '../../src/gateway/routing/cool-downs.js';
import { listTargets } from '../../src/gateway/routing/target.js';

const USUAL = { throttled: 10, quota: 1000, unavailable: 100, misconfigured: 100 };

function create() {
  const clock = { now: 1000 };
  const coolDowns = new CoolDowns(USUAL, () => clock.now);
  const [first, second] = listTargets(['one', 'two']) as [never, never];
  const isReady = (target: never): boolean => coolDowns.firstReady([target]) !== undefined;
  return { clock, coolDowns, first, second, isReady };
}

describe('a target that is skipped', () => {
  it('is skipped for the longest time that a failure asked for', () => {
    const { clock, coolDowns, first, isReady } = create();
    coolDowns.start(first, 'quota', undefined);
    coolDowns.start(first, 'throttled', undefined);
    clock.now += 999;
    expect(isReady(first)).toBe(false);
    clock.now += 1;
    expect(isReady(first)).toBe(true);
  });

  it('is not skipped for longer than an hour because the service says so', () => {
    const { clock, coolDowns, first, isReady } = create();
    coolDowns.start(first, 'throttled', Number.MAX_SAFE_INTEGER);
    clock.now += 3_600_000;
    expect(isReady(first)).toBe(true);
  });

  it('is the same one under other names, and another one in another account or region', () => {
    const { coolDowns, first, second, isReady } = create();
    coolDowns.start(first, 'quota', undefined);
    const others = listTargets([
      { modelId: 'one', client: 'eu' },
      { modelId: 'one', region: 'eu-central-1' },
    ]) as never[];
    const [again] = listTargets({ modelId: 'one' }) as [never];
    expect([isReady(again), isReady(second), ...others.map(isReady)]).toEqual([false, true, true, true]);
  });
});
