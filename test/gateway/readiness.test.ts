import { type CredentialProvider, createBedrock } from 'bedrock-anywhere';
import { createGateway, type GatewayOptions } from 'bedrock-anywhere/gateway';
import { describe, expect, it } from 'vitest';
import { turns, until } from '../clock.js';
import { manualTimers } from './timers.js';

const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a-secret-key' };

/** A gateway whose credential provider says what `answer` does, and counts. */
function setUp(answer: () => Promise<typeof KEYS>, options: Partial<GatewayOptions> = {}) {
  const clock = { now: 1000 };
  const asked = { times: 0 };
  const credentials: CredentialProvider = () => {
    asked.times++;
    return answer();
  };
  const refuse = (): never => {
    throw new Error('A model was called.');
  };
  const gateway = createGateway({
    bedrock: createBedrock({ region: 'us-east-1', credentials, fetch: refuse }),
    authorize: () => undefined,
    now: () => clock.now,
    ...options,
  });
  const ready = async (path = '/ready') => {
    const response = await gateway.fetch(new Request(`http://gateway.test${path}`));
    return [response.status, await response.json()];
  };
  return { gateway, clock, asked, ready };
}

const OK = [200, { status: 'ok' }];
const MISSING = [503, { status: 'no-credentials' }];

describe('/ready', () => {
  it('is ok if there are credentials, and calls no model', async () => {
    const { ready } = setUp(async () => KEYS);
    expect(await ready()).toEqual(OK);
  });

  it('says nothing but that credentials are missing, while /health is ok', async () => {
    const { ready } = setUp(async () => {
      throw new Error(`There is no role for ${KEYS.secretAccessKey}.`);
    });
    expect([await ready(), await ready('/health')]).toEqual([MISSING, OK]);
  });

  it('is asked by anybody, so it asks for credentials only now and then', async () => {
    let hasKeys = false;
    const { ready, clock, asked } = setUp(async () => {
      if (hasKeys) return KEYS;
      throw new Error('There are none yet.');
    });
    for (let i = 0; i < 3; i++) expect(await ready()).toEqual(MISSING);
    expect(asked.times).toBe(1);
    hasKeys = true;
    clock.now += 4999;
    expect(await ready()).toEqual(MISSING);
    clock.now += 1;
    expect(await ready()).toEqual(OK);
    hasKeys = false;
    clock.now += 29_999;
    expect(await ready()).toEqual(OK);
    expect(asked.times).toBe(2);
  });

  it('does not wait for a credential provider for ever', async () => {
    const timers = manualTimers();
    const { ready, asked } = setUp(() => new Promise(() => undefined), { startTimer: timers.startTimer });
    const pending = ready();
    await until(() => asked.times === 1);
    timers.fire(5000);
    expect(await pending).toEqual(MISSING);
  });

  it('is ok as long as one of the clients has credentials', async () => {
    const none = createBedrock({ credentials: null });
    const clients = { other: createBedrock({ credentials: KEYS }) };
    expect(await setUp(async () => KEYS, { bedrock: none, clients }).ready()).toEqual(OK);
    expect(await setUp(async () => KEYS, { bedrock: none }).ready()).toEqual(MISSING);
  });

  it('is not ok if credentials have expired', async () => {
    const bedrock = createBedrock({ credentials: { ...KEYS, expiration: new Date(0) } });
    expect(await setUp(async () => KEYS, { bedrock }).ready()).toEqual(MISSING);
  });

  it('says that the gateway is closing, whatever its credentials are', async () => {
    const { gateway, ready } = setUp(async () => KEYS);
    await gateway.close();
    await turns();
    expect(await ready()).toEqual([503, { status: 'closing' }]);
  });
});
