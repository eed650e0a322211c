import { describe, expect, it, vi } from 'vitest';
import { count, machine, printed, seen, signers, start } from './machine.js';

const METADATA = ['InstanceMetadataToken 200', 'InstanceRole 200', 'InstanceRoleCredentials 200'];

/** A machine on EC2 whose metadata are those of a local Bedrock, and a clock that both go by. */
async function onEc2(options: Parameters<typeof start>[0] = {}) {
  vi.useFakeTimers({ toFake: ['Date'] });
  const local = await start(options);
  const here = await machine({
    env: {
      AWS_EC2_METADATA_SERVICE_ENDPOINT: local.url,
      AWS_EC2_METADATA_DISABLED: 'false',
      AWS_REGION: local.region,
    },
  });
  return { local, here };
}

const later = (minutes: number) => vi.setSystemTime(Date.now() + minutes * 60_000);

describe('the role of an instance', () => {
  it('signs, and is asked for once for many calls', async () => {
    const { local, here } = await onEc2();
    await Promise.all([count(here, local), count(here, local)]);
    await count(here, local);
    expect(seen(local)).toEqual([...METADATA, ...Array(3).fill('CountTokens 200')]);
    expect(new Set(signers(local)).size).toBe(1);
  });

  it('is renewed before its credentials end, so that no call is refused', async () => {
    const { local, here } = await onEc2({ credentialsLifeSeconds: 3600 });
    const output = printed();
    await count(here, local);
    later(54);
    await count(here, local);
    expect(seen(local).filter((line) => line.startsWith('Instance'))).toHaveLength(3);
    later(2);
    await count(here, local);
    expect(seen(local).filter((line) => line === METADATA[2])).toHaveLength(2);
    later(3);
    await count(here, local);
    const [first, second, third, fourth] = signers(local);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
    expect(fourth).toBe(third);
    later(62);
    await count(here, local);
    expect(new Set(signers(local)).size).toBe(3);
    expect(seen(local).filter((line) => !line.endsWith(' 200'))).toEqual([]);
    expect(output.filter((text) => !text.includes('NodeVersionSupportWarning'))).toEqual([]);
  });

  it('is asked for anew when the service says that its credentials are over', async () => {
    const { local, here } = await onEc2({ faults: ['', 'status=403:ExpiredTokenException'] });
    await count(here, local);
    await count(here, local);
    expect(seen(local)).toEqual([
      ...METADATA,
      'CountTokens 200',
      'CountTokens 403',
      ...METADATA,
      'CountTokens 200',
    ]);
  });

  it('is asked for anew once, not again and again', async () => {
    const expired = 'status=403:ExpiredTokenException';
    const { local, here } = await onEc2({ faults: Array(5).fill(expired) });
    await expect(count(here, local)).rejects.toMatchObject({
      code: 'ERR_CREDENTIALS',
      name: 'ExpiredTokenException',
      attempts: 2,
    });
    expect(seen(local)).toEqual([...METADATA, 'CountTokens 403', ...METADATA, 'CountTokens 403']);
  });

  it('is used behind AWS_PROFILE=default where no profile is written down, as on an instance that wants a marker', async () => {
    const { local, here } = await onEc2();
    vi.stubEnv('AWS_PROFILE', 'default');
    expect(await count(here, local)).toBeGreaterThan(0);
    expect(seen(local)).toEqual([...METADATA, 'CountTokens 200']);
  });

  it('lists the models of its account where discovery is switched on, as no variable tells of it', async () => {
    const { local, here } = await onEc2();
    const list = (enabled: true | 'auto') => here.library.discover({ endpoint: local.url, enabled });
    expect(await list('auto')).toMatchObject({ source: 'disabled' });
    const { models, source } = await list(true);
    expect({ source, found: models.length > 0 }).toEqual({ source: 'network', found: true });
  });

  it('that cannot be had is an error that says where was looked', async () => {
    const { local, here } = await onEc2();
    vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', 'http://127.0.0.1:1');
    await expect(count(here, local)).rejects.toMatchObject({
      code: 'ERR_CREDENTIALS',
      message: expect.stringMatching(
        /AWS_PROFILE \(not set\).*instance role: .+Set one of them.+bedrock-anywhere local\.$/s,
      ),
    });
    expect(seen(local)).toEqual([]);
  });
});
