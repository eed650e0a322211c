import { createBedrock } from 'bedrock-anywhere';
import { createGateway } from 'bedrock-anywhere/gateway';
import { serveGateway } from 'bedrock-anywhere/gateway/node';
import { startLocalBedrock } from 'bedrock-anywhere/local/node';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { servePage } from '../../examples/browser/serve.mjs';
import { launchChromium } from '../../scripts/chromium.mjs';
import { applicationProfile } from '../application-profile.js';
import { asGuest, openPlayground, type PlaygroundPage, SCREENS } from './playground-page.js';

const PROVIDER = 'accounts.example.com';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

async function withLocal(options: Parameters<typeof startLocalBedrock>[0] = {}) {
  const local = await startLocalBedrock({ script: [{ user: 'ping', text: 'pong' }], ...options });
  onTestFinished(() => local.close());
  return local;
}

/** A page and a gateway with the same origin, as behind one proxy. */
async function servePageWithGateway(): Promise<string> {
  const local = await withLocal();
  const gateway = createGateway({
    bedrock: createBedrock({
      endpoint: local.url,
      region: local.region,
      credentials: local.credentials,
    }),
    authorize: (_request, { key }) => (key === 'gateway-key' ? { name: 'page' } : undefined),
  });
  const site = await servePage({});
  const { url, close } = await serveGateway(
    {
      fetch(request, details) {
        const { pathname } = new URL(request.url);
        const isForGateway = /^\/(?:v1|model)\//.test(pathname);
        return isForGateway ? gateway.fetch(request, details) : fetch(new URL(pathname, site.url));
      },
      close: () => gateway.close(),
    },
    { port: 0 },
  );
  onTestFinished(async () => {
    site.server.close();
    await close();
  });
  return `${url}/`;
}

/** Opens the connection, and chooses another kind. */
async function chooseKind(shown: PlaygroundPage, kind: string): Promise<void> {
  await (await shown.menu()).locator('.connection').click();
  await shown.page.getByRole('radio', { name: kind, exact: true }).check();
}

describe.each(SCREENS)('a connection of the playground %s', (_where, screen) => {
  it('renews the credentials of a guest when they have expired', async () => {
    let now = Date.parse('2026-11-29T12:00:00Z');
    const local = await withLocal({ now: () => now, credentialsLifeSeconds: 3600 });
    const shown = await openPlayground(browser, { screen, connection: asGuest(local) });
    await shown.ask('ping');
    await shown.isDone();
    const roles = () =>
      local.requests.filter(({ operation }) => operation === 'AssumeRoleWithWebIdentity').length;
    const before = roles();
    now += 4000_000;
    await shown.ask('ping');
    await shown.isDone(1);
    expect(roles()).toBeGreaterThan(before);
  });

  it('connects as a guest whose pool was typed in', async () => {
    const local = await withLocal();
    const shown = await openPlayground(browser, { screen });
    await shown.isReady();
    await chooseKind(shown, 'Cognito, as a guest');
    await shown.button('Continue').or(shown.button('Connect')).click();
    await expect.poll(() => shown.page.locator('dialog').textContent()).toContain('This must not be empty.');
    await shown.page.getByLabel('Identity pool').fill(local.identityPoolId);
    await shown.page.getByLabel('Role of guests').fill(local.guestRoleArn);
    await shown.page.getByLabel(/^Address/).fill(local.url);
    await shown.button('Continue').click();
    await expect
      .poll(() => shown.page.locator('.page > .sidebar .connection').textContent())
      .toMatch(/Cognito, as a guestconnected/);
    await shown.ask('ping');
    await shown.isDone();
  });

  it('logs in with the token of an identity provider, and asks for another when it has expired', async () => {
    let now = Date.parse('2026-11-29T12:00:00Z');
    const tokens = ['token-of-the-morning'];
    const local = await withLocal({
      now: () => now,
      credentialsLifeSeconds: 3600,
      guests: false,
      logins: { [PROVIDER]: tokens },
    });
    const shown = await openPlayground(browser, { screen });
    await shown.isReady();
    await chooseKind(shown, 'Cognito, with a login');
    await shown.page.getByLabel('Identity pool').fill(local.identityPoolId);
    await shown.page.getByLabel('Identity provider').fill(PROVIDER);
    await shown.page.getByLabel(/^Address/).fill(local.url);
    await shown.button('Continue').click();
    const login = async (token: string) => {
      await shown.page.getByLabel('ID token of the login').fill(token);
      await shown.button('Connect').click();
    };
    await login('token-of-the-morning');
    await shown.ask('ping');
    await shown.isDone();
    now += 4000_000;
    tokens[0] = 'token-of-the-evening';
    await shown.ask('ping');
    const failure = shown.page.locator('.failure');
    await failure.waitFor();
    expect(await failure.textContent()).toMatch(
      /The credentials do not work, or have expired.*login token.*ERR_CREDENTIALS/,
    );
    expect(await shown.page.textContent('body')).not.toContain('token-of-the-morning');
    await failure.getByRole('button', { name: 'Check the connection' }).click();
    await login('token-of-the-evening');
    await shown.isReady();
    await failure.getByRole('button', { name: 'Try again' }).click();
    await shown.isDone(1);
    expect(await shown.answer(1).locator('.prose').textContent()).toBe('pong');
    const kept = await shown.page.evaluate(() =>
      JSON.stringify([{ ...sessionStorage }, { ...localStorage }]),
    );
    expect(kept).not.toContain('token-of-the');
  });

  it('says what to do about session keys that have expired, and takes others', async () => {
    const expired = {
      accessKeyId: 'ASIAEXPIREDEXAMPLE00',
      secretAccessKey: 'expired-secret-of-the-example-0000000000',
      sessionToken: 'expired-token',
      expiration: new Date(0),
    };
    const local = await withLocal({ credentials: expired });
    const shown = await openPlayground(browser, {
      screen,
      connection: { kind: 'keys', endpoint: local.url, region: local.region },
    });
    const fill = async (keys: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }) => {
      await shown.page.getByLabel('Access key ID').fill(keys.accessKeyId);
      await shown.page.getByLabel('Secret access key').fill(keys.secretAccessKey);
      await shown.page.getByLabel(/Session token/).fill(keys.sessionToken ?? '');
      await shown.button('Connect').click();
    };
    await fill(expired);
    const failure = shown.page.locator('.failure');
    await failure.waitFor();
    expect(await failure.textContent()).toMatch(
      /The credentials do not work, or have expired.*ERR_CREDENTIALS/,
    );
    expect(await shown.page.textContent('body')).not.toContain(expired.secretAccessKey);
    await failure.getByRole('button', { name: 'Check the connection' }).click();
    await fill(local.credentials);
    await shown.ask('ping');
    await shown.isDone();
  });

  it('keeps secrets only if it is asked to, and only for the tab', async () => {
    const local = await withLocal();
    const { accessKeyId, secretAccessKey } = local.credentials;
    const shown = await openPlayground(browser, {
      screen,
      connection: { kind: 'keys', endpoint: local.url, region: local.region },
    });
    const storages = () =>
      shown.page.evaluate(() => ({
        tab: JSON.stringify({ ...sessionStorage }),
        lasting: JSON.stringify({ ...localStorage }),
      }));
    const connect = async (keep: boolean) => {
      await shown.page.getByLabel('Access key ID').fill(accessKeyId);
      await shown.page.getByLabel('Secret access key').fill(secretAccessKey);
      await shown.page.getByLabel('Keep until this tab is closed').setChecked(keep);
      await shown.button('Connect').click();
      await shown.isReady();
    };
    await connect(false);
    expect((await storages()).tab).not.toContain(secretAccessKey);
    await shown.page.reload();
    await connect(true);
    await shown.page.reload();
    await shown.isReady();
    const { tab, lasting } = await storages();
    expect(tab).toContain(secretAccessKey);
    expect(lasting).not.toContain(secretAccessKey);
    await shown.ask('ping');
    await shown.isDone();
    await shown.button('Show code').click();
    for (const name of ['bedrock-anywhere', 'AI SDK', 'curl']) {
      await shown.page.getByRole('tab', { name }).click();
      const code = (await shown.page.locator('.code-dialog pre').textContent()) ?? '';
      expect(code).toContain('ping');
      expect(code).not.toContain(secretAccessKey);
      expect(code).not.toContain(accessKeyId);
    }
  });

  it('loads again before it connects anywhere else, and reaches nothing that was not chosen', async () => {
    const local = await withLocal();
    const shown = await openPlayground(browser, { screen, expected: /Content Security Policy/ });
    await shown.isReady();
    const reach = (url: string) =>
      shown.page.evaluate(
        (to) =>
          fetch(to, { mode: 'no-cors' }).then(
            () => 'reached',
            () => 'blocked',
          ),
        url,
      );
    expect(await reach(local.url)).toBe('blocked');
    await chooseKind(shown, 'API key');
    await shown.page.getByLabel(/^Address/).fill(local.url);
    await shown.button('Continue').click();
    await shown.page.getByLabel('API key', { exact: true }).last().fill(local.apiKey);
    await shown.button('Connect').click();
    await shown.ask('ping');
    await shown.isDone();
    expect(await reach(local.url)).toBe('reached');
    const other = await withLocal();
    expect(await reach(other.url)).toBe('blocked');
  });

  it('uses a gateway at its own origin', async () => {
    const url = await servePageWithGateway();
    const shown = await openPlayground(browser, { screen, url });
    await shown.isReady();
    await chooseKind(shown, 'Gateway');
    await shown.page.getByLabel('Address').fill(new URL(url).origin);
    await shown.button('Continue').click();
    await shown.page.getByLabel('Key of the gateway').fill('wrong-key');
    await shown.button('Connect').click();
    await shown.page.locator('.failure').waitFor();
    await shown.button('Check the connection').click();
    await shown.page.getByLabel('Key of the gateway').fill('gateway-key');
    await shown.button('Connect').click();
    await shown.ask('ping');
    await shown.isDone();
    expect(await shown.answer().locator('.prose').textContent()).toBe('pong');
    expect(shown.foreign).toEqual([]);
  });

  it('offers every profile of a model, those of the account by their names', async () => {
    const profile = applicationProfile('amazon.nova-lite-v1:0');
    const local = await withLocal({ profiles: [profile] });
    const shown = await openPlayground(browser, { screen, connection: asGuest(local) });
    await shown.isReady();
    await shown.page.locator('.model-button').click();
    await shown.page.getByRole('combobox').fill('nova lite');
    const rows = shown.page.locator('.model');
    expect(await rows.allTextContents()).toEqual([
      expect.stringMatching(/Nova Lite.*us-east-1/),
      expect.stringMatching(/Nova Lite.*For the invoice.*application profile/),
    ]);
    await shown.page.getByRole('combobox').fill('invoice');
    await shown.page.keyboard.press('Enter');
    await shown.ask('ping');
    await shown.isDone();
    expect(local.requests.at(-1)?.modelId).toBe(profile.inferenceProfileArn);
    expect(await shown.answer().locator('.numbers summary').first().textContent()).toContain('$');
  });
});
