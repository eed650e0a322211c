import { getSupportedThinkingLevels, type Model } from '@earendil-works/pi-ai';
import { listThinkingLevels, type PiThinkingLevel, toPiModel } from 'bedrock-anywhere/pi';
import { describe, expect, it } from 'vitest';
import { LEVELS } from '../../src/adapters/pi/outgoing/levels.js';
import { thinkingFields } from '../../src/adapters/pi/outgoing/thinking.js';
import { catalogData } from '../../src/catalog/data.js';
import { normalize } from '../../src/discovery/normalize.js';
import { modelQuirks } from '../../src/index.js';

const ids = catalogData.flatMap(({ rows }) => rows.match(/^\S+/gm) ?? []);

/** A model as discover() lists it. */
function piModel(id: string) {
  const raw = {
    id,
    arn: `arn:aws:bedrock:us-east-1::foundation-model/${id}`,
    name: id,
    provider: 'Acme',
    input: ['text'],
    output: ['text'],
    streaming: true,
    lifecycle: 'ACTIVE',
    onDemand: true,
  };
  const [model] = normalize({ models: [raw], profiles: [], warnings: [] }, 'us-east-1', {}).models;
  if (model === undefined) throw new Error(`${id} is not listed.`);
  return toPiModel(model);
}

/** What a level adds to the request. */
const sent = (id: string, level: 'off' | PiThinkingLevel): string =>
  JSON.stringify(
    thinkingFields({ ...piModel(id), reasoning: true }, modelQuirks(id), {
      reasoning: level === 'off' ? undefined : level,
    }) ?? null,
  );

describe('the thinking levels of a model', () => {
  it.each([
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'off minimal low medium high'],
    ['anthropic.claude-opus-4-6-v1', 'off low medium high max'],
    ['anthropic.claude-opus-4-8', 'off low medium high xhigh max'],
    ['anthropic.claude-opus-5-5', 'low medium high xhigh max'],
    ['amazon.nova-lite-v1:0', 'off'],
    ['amazon.nova-2-lite-v1:0', 'off low medium high'],
    ['deepseek.v3.2', 'off high'],
    ['deepseek.r1-v1:0', ''],
    ['openai.gpt-oss-120b-1:0', 'low medium high'],
    ['openai.gpt-6.2-sol', 'off low medium high xhigh max'],
    ['xai.grok-4.6', 'off low medium high xhigh'],
    ['acme.brain-v1:0', 'off'],
  ])('of %s are %s', (id, levels) => {
    expect(listThinkingLevels(id).join(' ')).toBe(levels);
  });

  it('are those that make a difference, of every model in the catalog', () => {
    for (const id of ids) {
      const listed = listThinkingLevels(id);
      const effects = listed.map((level) => sent(id, level));
      expect(new Set(effects).size, `${id}: ${effects}`).toBe(listed.length);
      const others = LEVELS.filter((level) => !listed.includes(level)).map((level) => sent(id, level));
      for (const effect of others) expect(['null', ...effects], id).toContain(effect);
    }
  });

  it('are those that pi offers; pi 0.74 does not have max', () => {
    for (const id of ids) {
      const model = { ...piModel(id), reasoning: true } as Model<'bedrock-converse-stream'>;
      const listed = listThinkingLevels(id).filter((level) => level !== 'max');
      if (listed.join() === 'off') continue;
      expect(getSupportedThinkingLevels(model), id).toEqual(listed.length > 0 ? listed : ['high']);
    }
  });
});
