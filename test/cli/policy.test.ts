import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { iamPermissions } from '../../src/catalog/permissions.js';
import type { PolicyDocument } from '../../src/cli/policy/document.js';
import { environment, run } from './run.js';

beforeEach(() => void environment());
afterEach(() => vi.unstubAllEnvs());

/** The statements by their names, each as its actions, resources and condition. */
async function policy(...args: string[]): Promise<Record<string, unknown[]>> {
  const { code, out } = await run(['policy', ...args]);
  expect(code).toBe(0);
  const { Version, Statement } = JSON.parse(out) as PolicyDocument;
  expect(Version).toBe('2012-10-17');
  for (const { Sid, Effect } of Statement)
    expect([Sid.replace(/[A-Za-z0-9]/g, ''), Effect]).toEqual(['', 'Allow']);
  return Object.fromEntries(
    Statement.map(({ Sid, Action, Resource, Condition }) => [
      Sid,
      [
        Action.join(),
        ...Resource,
        ...(Condition?.ArnLike['bedrock:InferenceProfileArn'] ?? []).map((arn) => `via ${arn}`),
      ],
    ]),
  );
}

const STREAM = 'bedrock:InvokeModelWithResponseStream';
const MODEL_ARN = 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0';
const SONNET = 'anthropic.claude-sonnet-4-5-20250929-v1:0';

describe('bedrock-anywhere policy', () => {
  it('allows streams and discovery where no call is named', async () => {
    expect(await policy()).toEqual({
      InvokeModels: [STREAM, 'arn:aws:bedrock:us-east-1::foundation-model/*'],
      InvokeProfiles: [
        STREAM,
        'arn:aws:bedrock:us-east-1:*:inference-profile/*',
        'arn:aws:bedrock:us-east-1:*:application-inference-profile/*',
      ],
      InvokeModelsOfProfiles: [
        STREAM,
        'arn:aws:bedrock:*::foundation-model/*',
        'arn:aws:bedrock:::foundation-model/*',
        'via arn:aws:bedrock:us-east-1:*:inference-profile/*',
        'via arn:aws:bedrock:us-east-1:*:application-inference-profile/*',
      ],
      DiscoverModels: ['bedrock:ListFoundationModels,bedrock:ListInferenceProfiles', '*'],
    });
    expect(await policy()).toEqual(await policy('--stream', '--discover'));
  });

  it('is indented JSON on standard output, and says on standard error what it was made for', async () => {
    vi.stubEnv('AWS_REGION', 'eu-central-1');
    const { out, err } = await run(['policy'], { colour: true });
    expect(out).toMatch(/^\{\n {2}"Version": "2012-10-17",\n {2}"Statement": \[\n/);
    expect(err).toBe('Region: eu-central-1, from AWS_REGION. Account: any (narrow it with --account).\n');
    expect((await run(['policy', '--region', 'us-west-2', '--account', '123456789012'])).err).toBe(
      'Region: us-west-2, from --region. Account: 123456789012.\n',
    );
  });

  it('allows one model in its region alone', async () => {
    expect(await policy('--converse', '--model', 'amazon.nova-lite-v1:0', '--region', 'eu-west-1')).toEqual({
      InvokeModels: [
        'bedrock:InvokeModel',
        'arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0',
      ],
    });
  });

  it('allows the model of a profile in every region, but through the profile alone', async () => {
    const profile = `arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.${SONNET}`;
    const expected = {
      InvokeProfiles: [STREAM, profile],
      InvokeModelsOfProfiles: [STREAM, `arn:aws:bedrock:*::foundation-model/${SONNET}`, `via ${profile}`],
    };
    expect(await policy('--stream', '--model', `us.${SONNET}`, '--account', '123456789012')).toEqual(
      expected,
    );
    expect(await policy('--stream', '--model', profile, '--region', 'eu-west-1')).toEqual(expected);
  });

  it('allows the model of a global profile in its own region and where no region is named', async () => {
    const profile = `arn:aws:bedrock:us-east-1:*:inference-profile/global.${SONNET}`;
    expect(await policy('--stream', '--model', `global.${SONNET}`)).toEqual({
      InvokeProfiles: [STREAM, profile],
      InvokeModelsOfProfiles: [
        STREAM,
        `arn:aws:bedrock:us-east-1::foundation-model/${SONNET}`,
        `arn:aws:bedrock:::foundation-model/${SONNET}`,
        `via ${profile}`,
      ],
    });
  });

  it('allows any model through an application profile, which does not tell its own', async () => {
    const profile = 'arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/a1b2c3d4e5f6';
    expect(await policy('--stream', '--count-tokens', '--model', profile)).toEqual({
      InvokeProfiles: [STREAM, profile],
      InvokeModelsOfProfiles: [
        STREAM,
        'arn:aws:bedrock:*::foundation-model/*',
        'arn:aws:bedrock:::foundation-model/*',
        `via ${profile}`,
      ],
      CountTokens: ['bedrock:CountTokens', 'arn:aws:bedrock:eu-west-1::foundation-model/*'],
    });
  });

  it('counts tokens on models alone: AWS knows that action on no other resource', async () => {
    const model = `arn:aws:bedrock:us-east-1::foundation-model/${SONNET}`;
    expect(await policy('--count-tokens', '--model', `us.${SONNET},${SONNET}`)).toEqual({
      CountTokens: ['bedrock:CountTokens', model],
    });
  });

  it.each(['provisioned-model', 'imported-model', 'custom-model-deployment'])(
    'takes the ARN of a %s as it is',
    async (kind) => {
      const arn = `arn:aws:bedrock:eu-west-1:123456789012:${kind}/a1b2c3`;
      expect(await policy('--stream', '--model', arn)).toEqual({ InvokeModels: [STREAM, arn] });
    },
  );

  it.each([
    ['--invoke', { InvokeModels: ['bedrock:InvokeModel', MODEL_ARN] }],
    ['--invoke-stream', { InvokeModels: [STREAM, MODEL_ARN] }],
    ['--embed', { InvokeModels: ['bedrock:InvokeModel', MODEL_ARN] }],
    [
      '--rerank',
      { InvokeModels: ['bedrock:InvokeModel', MODEL_ARN], RerankDocuments: ['bedrock:Rerank', '*'] },
    ],
  ])('allows %s on a model', async (flag, expected) => {
    expect(await policy(flag, '--model', 'amazon.nova-lite-v1:0')).toEqual(expected);
  });

  it('allows embed() to look up the model of an application profile', async () => {
    const arn = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc';
    const { LookUpProfiles, InvokeProfiles } = await policy('--embed', '--model', arn);
    expect(LookUpProfiles).toEqual(['bedrock:GetInferenceProfile', arn]);
    expect(InvokeProfiles).toEqual(['bedrock:InvokeModel', arn]);
  });

  it('allows checks of content', async () => {
    expect(await policy('--check-content', '--apply-guardrail')).toEqual({
      ApplyGuardrails: ['bedrock:ApplyGuardrail', 'arn:aws:bedrock:us-east-1:*:guardrail/*'],
      CheckContent: ['bedrock:InvokeGuardrailChecks', '*'],
    });
    const { ApplyGuardrails } = await policy('--apply-guardrail', '--guardrail', 'abc123');
    expect(ApplyGuardrails).toEqual([
      'bedrock:ApplyGuardrail',
      'arn:aws:bedrock:us-east-1:*:guardrail/abc123',
    ]);
  });

  it('puts calls on the same resources into one statement', async () => {
    const both = await policy(
      '--converse',
      '--stream',
      '--model',
      'amazon.nova-lite-v1:0',
      '--model',
      'amazon.nova-pro-v1:0',
    );
    expect(both).toEqual({
      InvokeModels: [
        `bedrock:InvokeModel,${STREAM}`,
        'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0',
        'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0',
      ],
    });
  });

  it('adds guardrails by id and by ARN', async () => {
    const arn = 'arn:aws:bedrock:eu-west-1:123456789012:guardrail/def456';
    const { ApplyGuardrails, InvokeModels } = await policy(
      '--stream',
      '--guardrail',
      'abc123',
      '--guardrail',
      arn,
    );
    expect(ApplyGuardrails).toEqual([
      'bedrock:ApplyGuardrail',
      'arn:aws:bedrock:us-east-1:*:guardrail/abc123',
      arn,
    ]);
    expect(InvokeModels).toBeDefined();
    expect(Object.keys(await policy('--guardrail', 'abc123'))).toEqual([
      ...Object.keys(await policy()).slice(0, 3),
      'ApplyGuardrails',
      'DiscoverModels',
    ]);
  });

  it('adds what discovery asks with --check-access, and what an API key needs', async () => {
    expect(await policy('--check-access')).toEqual({
      DiscoverModels: [
        'bedrock:GetFoundationModelAvailability,bedrock:ListFoundationModels,bedrock:ListInferenceProfiles',
        '*',
      ],
    });
    expect(await policy('--discover', '--api-key')).toEqual({
      DiscoverModels: ['bedrock:ListFoundationModels,bedrock:ListInferenceProfiles', '*'],
      UseApiKeys: ['bedrock:CallWithBearerToken', '*'],
    });
  });

  it.each([
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['eusc-de-east-1', 'aws-eusc'],
    ['eu-west-1', 'aws'],
  ])('writes ARNs of %s for the partition %s', async (region, partition) => {
    const { out } = await run(['policy', '--region', region, '--guardrail', 'abc']);
    expect(new Set(out.match(/arn:[^:]+/g))).toEqual(new Set([`arn:${partition}`]));
  });

  it.each([
    ['amazon.nova-lite-v1:0', undefined],
    ['deepseek.v3.2', undefined],
    ['minimax.minimax-m2.1', undefined],
    ['openai.gpt-5.6-luna', undefined],
    ['ai21.jamba-1-5-large-v1:0', undefined],
    ['us.anthropic.claude-sonnet-5', 'anthropic.claude-sonnet-5'],
    ['us-gov.openai.gpt-oss-20b-1:0', 'openai.gpt-oss-20b-1:0'],
    ['in.openai.gpt-5.6-terra', 'openai.gpt-5.6-terra'],
    ['apac.ai21.jamba-v9', 'ai21.jamba-v9'],
    ['sa.newcomer.model-v1', 'newcomer.model-v1'],
  ])('tells %s from a profile of %s', async (id, model) => {
    const statements = await policy('--stream', '--model', id);
    expect(statements['InvokeModels']).toEqual(
      model === undefined ? [STREAM, `arn:aws:bedrock:us-east-1::foundation-model/${id}`] : undefined,
    );
    expect(statements['InvokeModelsOfProfiles']?.[1]).toBe(
      model === undefined ? undefined : `arn:aws:bedrock:*::foundation-model/${model}`,
    );
  });
});

describe('the table of permissions', () => {
  /** As the Service Authorization Reference has them; of the kinds for InvokeModel those that the table is to know. */
  it('has the actions and resource types of AWS', () => {
    const table = Object.fromEntries(
      Object.values(iamPermissions).map(({ action, on }) => [action.replace('bedrock:', ''), on.join(' ')]),
    );
    const invokable =
      'foundation-model inference-profile application-inference-profile provisioned-model imported-model custom-model-deployment';
    expect(table).toEqual({
      InvokeModel: invokable,
      InvokeModelWithResponseStream: invokable,
      CountTokens: 'foundation-model',
      ListFoundationModels: '*',
      ListInferenceProfiles: '*',
      GetFoundationModelAvailability: '*',
      GetInferenceProfile: 'inference-profile application-inference-profile',
      Rerank: '*',
      ApplyGuardrail: 'guardrail',
      InvokeGuardrailChecks: '*',
      CallWithBearerToken: '*',
    });
  });
});
