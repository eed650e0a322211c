import { expect } from 'vitest';
import { environmentOf, SONNET, SONNET_BASE, startBedrock } from '../bedrock.js';
import type { DefineCase, Running } from '../suite.js';

/** What AWS's own clients tell of an account. */
export function testControl(client: Running, define: DefineCase): void {
  define('count', 'is told that tokens are not counted by the id of a profile', async () => {
    const bedrock = await startBedrock();
    const failure = await client().fail('count', environmentOf(bedrock), { model: SONNET, prompt: 'Hello' });
    expect(failure.message).toContain("The provided model doesn't support counting tokens.");
  });

  define('models', 'lists models', async () => {
    const bedrock = await startBedrock();
    const list = (filters?: object) => client().run<string[]>('models', environmentOf(bedrock), filters);
    const all = await list();
    expect(all).toEqual(expect.arrayContaining([SONNET_BASE, 'amazon.titan-embed-text-v2:0']));
    const embedding = await list({ byProvider: 'Amazon', byOutputModality: 'EMBEDDING' });
    expect(embedding).toContain('amazon.titan-embed-text-v2:0');
    expect(embedding.every((id) => all.includes(id) && /^amazon\..*embed/.test(id))).toBe(true);
    expect((await list({ byCustomizationType: 'FINE_TUNING' })).length).toBeGreaterThan(0);
  });

  define('models', 'is told which modalities there are', async () => {
    const bedrock = await startBedrock();
    const failure = await client().fail('models', environmentOf(bedrock), { byOutputModality: 'SOUND' });
    expect(failure.message).toMatch(
      /'byOutputModality' failed to satisfy constraint: Member must satisfy enum value set/,
    );
  });

  define('profiles', 'lists inference profiles, page by page', async () => {
    const bedrock = await startBedrock();
    const pages = await client().run<string[][]>('profiles', environmentOf(bedrock));
    expect(pages.length).toBeGreaterThan(2);
    expect(pages.slice(0, -1).map(({ length }) => length)).toEqual(pages.slice(1).map(() => 10));
    const ids = pages.flat();
    expect(ids).toContain(SONNET);
    expect(new Set(ids).size).toBe(ids.length);
  });

  define('models', 'tells whether the account may use a model', async () => {
    const bedrock = await startBedrock({ noAccess: [SONNET_BASE] });
    const ask = (model: string) => client().run('available', environmentOf(bedrock), { model });
    expect(await ask(SONNET_BASE)).toBe('NOT_AUTHORIZED');
    expect(await ask('amazon.nova-lite-v1:0')).toBe('AUTHORIZED');
  });

  define('profiles', 'finds a profile by its id', async () => {
    const bedrock = await startBedrock();
    const arns = await client().run<string[]>('profile', environmentOf(bedrock), { id: SONNET });
    expect(arns).toContain(`arn:aws:bedrock:us-east-1::foundation-model/${SONNET_BASE}`);
  });
}
