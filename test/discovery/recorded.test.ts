import { expect, it } from 'vitest';
import type { LocalModel, LocalProfile } from '../../src/local/index.js';
import { describeFixtures, fixtureJson } from '../fixtures.js';
import { account } from './account.js';

/** A list as it was recorded. */
function recorded<T>(name: string, member: string): T[] {
  const json = fixtureJson<T[] | Record<string, T[]>>(`lists/${name}`);
  return Array.isArray(json) ? json : (json[member] ?? []);
}

const REGIONS = ['us-east-1', 'us-east-2', 'us-west-2'];

/** A profile that leads to a model in some regions; an empty one means anywhere. */
function profileFor(prefix: string, modelId: string, regions: string[]): LocalProfile {
  const id = `${prefix}.${modelId}`;
  return {
    inferenceProfileId: id,
    inferenceProfileName: id,
    inferenceProfileArn: `arn:aws:bedrock:us-east-1:123456789012:inference-profile/${id}`,
    models: regions.map((region) => ({ modelArn: `arn:aws:bedrock:${region}::foundation-model/${modelId}` })),
    status: 'ACTIVE',
    type: 'SYSTEM_DEFINED',
  };
}

describeFixtures('lists', 'the recorded list of 126 models', () => {
  const models = recorded<LocalModel>('foundation-models.us-east-1.json', 'modelSummaries');
  const isOffered = (model: LocalModel): boolean =>
    model.responseStreamingSupported === true &&
    model.inputModalities?.includes('TEXT') === true &&
    model.outputModalities?.includes('TEXT') === true &&
    (model.modelLifecycle as { status?: string } | undefined)?.status === 'ACTIVE' &&
    !model.modelId.startsWith('twelvelabs.pegasus');
  const onDemand = (model: LocalModel): boolean =>
    model.inferenceTypesSupported?.includes('ON_DEMAND') === true;
  const throughProfile = (model: LocalModel): boolean =>
    model.inferenceTypesSupported?.includes('INFERENCE_PROFILE') === true;

  it('without profiles offers those that run on demand, and counts each other one once', async () => {
    const { models: found, excluded } = await account({ models, profiles: [] }).discover();
    expect(found.map(({ id }) => id)).toEqual(
      models.filter((model) => isOffered(model) && onDemand(model)).map(({ modelId }) => modelId),
    );
    expect(found.every(({ via }) => via === undefined)).toBe(true);
    expect(excluded).toEqual({
      'not-streaming': 33,
      'no-text-input': 2,
      'not-active': 18,
      'not-converse': 1,
      'not-invokable': 34,
    });
    expect(found.length + 33 + 2 + 18 + 1 + 34).toBe(126);
  });

  it('with profiles offers the others through the nearest of them', async () => {
    const profiles = models
      .filter((model) => throughProfile(model))
      .flatMap(({ modelId }) => [
        profileFor('global', modelId, ['', 'us-east-1']),
        profileFor('us', modelId, REGIONS),
      ]);
    const { models: found } = await account({ models, profiles }).discover();
    const expected = models
      .filter((model) => isOffered(model) && (onDemand(model) || throughProfile(model)))
      .map((model) => (onDemand(model) ? model.modelId : `us.${model.modelId}`));
    expect(found.map(({ id }) => id)).toEqual(expected);
    expect(found).toHaveLength(59);
    expect(
      found.filter(({ via }) => via !== undefined).every(({ via }) => via?.regions.join() === REGIONS.join()),
    ).toBe(true);
  });
});

describeFixtures('lists', 'the recorded list of 23 profiles', () => {
  const profiles = recorded<LocalProfile>('inference-profiles.us-east-2.json', 'inferenceProfileSummaries');
  const modelIds = [
    ...new Set(
      profiles.flatMap(({ models }) => (models ?? []).map(({ modelArn }) => modelArn?.split('/')[1] ?? '')),
    ),
  ];
  const models: LocalModel[] = modelIds.map((modelId) => ({
    modelId,
    modelName: modelId,
    providerName: 'Any',
    inputModalities: ['TEXT'],
    outputModalities: ['TEXT'],
    responseStreamingSupported: true,
    inferenceTypesSupported: ['INFERENCE_PROFILE'],
    modelLifecycle: { status: 'ACTIVE' },
  }));

  it('makes each of their models invokable, by an id of the list that leads to it', async () => {
    const { models: found, excluded } = await account({ models, profiles, region: 'us-east-2' }).discover();
    expect(excluded).toEqual({});
    expect(found.map(({ foundationModelId }) => foundationModelId).sort()).toEqual([...modelIds].sort());
    for (const { id, foundationModelId, via, region } of found) {
      const profile = profiles.find(({ inferenceProfileId }) => inferenceProfileId === id);
      const arns = profile?.models?.map(({ modelArn }) => modelArn) ?? [];
      expect(arns.some((arn) => arn?.endsWith(`/${foundationModelId}`))).toBe(true);
      expect(via?.regions.length).toBe(new Set(arns).size);
      expect(region).toBe('us-east-2');
    }
  });

  it('is whole with expandProfiles', async () => {
    const { models: found } = await account({ models, profiles, region: 'us-east-2' }).discover({
      expandProfiles: true,
    });
    expect(found.map(({ id }) => id).sort()).toEqual(
      profiles.map(({ inferenceProfileId }) => inferenceProfileId).sort(),
    );
  });
});
