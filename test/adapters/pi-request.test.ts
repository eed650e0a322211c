import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Body, cases, DIFFERENCES } from './pi-cases.js';
import { IDS, type Local, meaning, modelAt, runOurs, runPeer, startPeerBedrock } from './pi-peer.js';

let local: Local;
beforeAll(async () => {
  local = await startPeerBedrock({ script: [{ text: 'fine' }] });
});
afterAll(() => local.close());

describe("requests mean what those of pi's own provider mean", () => {
  it.each(cases.map((each) => [each.name, each] as const))('%s', async (_name, each) => {
    const { context, options, simple, differs, ours: expected = same, theirStatus = 200 } = each;
    const model = modelAt(local, each.model?.id ?? IDS.sonnet45, each.model);
    const theirs = await runPeer(local, model, context, options, simple);
    const ours = await runOurs(local, model, context, options, simple);
    expect(meaning(ours.body)).toEqual(expected(structuredClone(meaning(theirs.body)) as Body));
    expect({ theirs: theirs.status, ours: ours.status }).toEqual({ theirs: theirStatus, ours: 200 });
    expect(ours.message.errorMessage).toBeUndefined();
    if (differs !== undefined) expect(meaning(ours.body)).not.toEqual(meaning(theirs.body));
  });
});

describe('the differences', () => {
  it.each(Object.entries(DIFFERENCES))('%s has a case and is in docs/pi.md', (name, sentence) => {
    expect(cases.filter(({ differs }) => differs === name)).not.toEqual([]);
    expect(readFileSync(new URL('../../docs/pi.md', import.meta.url), 'utf8')).toContain(sentence);
  });
});

function same(theirs: Body): Body {
  return theirs;
}
