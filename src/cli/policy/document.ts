import { iamPermissions, partitionOf, type ResourceKind } from '../../index.js';
import { UsageError } from '../print/terminal.js';

type Permitted = keyof typeof iamPermissions;

/** What a policy is to allow. */
export interface Wanted {
  /** What is done, by AWS's names. */
  operations: readonly Permitted[];
  /** Ids and ARNs of models and inference profiles. Empty: all of them. */
  models: readonly string[];
  /** Ids and ARNs of guardrails. */
  guardrails: readonly string[];
  /** Region for ids that are not ARNs. */
  region: string;
  /** Account for ids that are not ARNs: 12 digits or `*`. */
  account: string;
}

/** A statement of an IAM policy. */
interface Statement {
  Sid: string;
  Effect: 'Allow';
  Action: string[];
  Resource: string[];
  Condition?: { ArnLike: Record<string, string[]> };
}

/** An IAM policy. */
export interface PolicyDocument {
  Version: '2012-10-17';
  Statement: Statement[];
}

/** ARNs to allow as they are, and the models that a profile leads to, which are allowed through it alone. */
interface Resources {
  direct: string[];
  profiles: string[];
  behind: string[];
  /** Models themselves, for actions that know no profiles. */
  plain: string[];
}

/**
 * The minimal IAM policy for some operations.
 *
 * A profile needs its model in every region that it may route to, and one that routes anywhere needs it in the ARN without
 * a region, too. A condition keeps those models from being invoked past the profile. Sources:
 * https://docs.aws.amazon.com/bedrock/latest/userguide/geographic-cross-region-inference.html,
 * https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html,
 * https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
 *
 * @throws UsageError where a model or guardrail is of a kind that the operations cannot be allowed on
 */
export function policyDocument({ operations, models, guardrails, region, account }: Wanted): PolicyDocument {
  const place: Place = { partition: partitionOf(region).name, region, account };
  const actions = (take: (kinds: readonly ResourceKind[]) => boolean): string[] =>
    operations.flatMap((name) => (take(iamPermissions[name].on) ? iamPermissions[name].action : []));
  const only = (...names: Permitted[]): string[] =>
    operations.flatMap((name) => (names.includes(name) ? iamPermissions[name].action : []));
  const invoke = actions(
    (kinds) => kinds.includes('foundation-model') && kinds.includes('inference-profile'),
  );
  const { direct, profiles, behind, plain } = resourcesOf(models, place);
  const statements: Statement[] = [
    statement('InvokeModels', invoke, direct),
    statement('InvokeProfiles', invoke, profiles),
    {
      ...statement('InvokeModelsOfProfiles', invoke, behind),
      Condition: { ArnLike: { 'bedrock:InferenceProfileArn': profiles } },
    },
    statement('LookUpProfiles', only('GetInferenceProfile'), profiles.filter(isApplicationProfile)),
    statement('CountTokens', only('CountTokens'), plain),
    statement(
      'ApplyGuardrails',
      only('ApplyGuardrail'),
      guardrails.length === 0
        ? [arnOf(place, 'guardrail', '*')]
        : guardrails.map((guardrail) => guardrailArn(guardrail, place)),
    ),
    statement('RerankDocuments', only('Rerank'), ['*']),
    statement('CheckContent', only('InvokeGuardrailChecks'), ['*']),
    statement(
      'DiscoverModels',
      only('ListFoundationModels', 'ListInferenceProfiles', 'GetFoundationModelAvailability'),
      ['*'],
    ),
    statement('UseApiKeys', only('CallWithBearerToken'), ['*']),
  ];
  return {
    Version: '2012-10-17',
    Statement: statements.filter(({ Action, Resource }) => Action.length > 0 && Resource.length > 0),
  };
}

function statement(Sid: string, actions: string[], resources: string[]): Statement {
  return { Sid, Effect: 'Allow', Action: [...new Set(actions)].sort(), Resource: [...new Set(resources)] };
}

function takes(name: Permitted, kind: ResourceKind): boolean {
  const kinds: readonly ResourceKind[] = iamPermissions[name].on;
  return kinds.includes(kind);
}

function isApplicationProfile(arn: string): boolean {
  return arn.includes(':application-inference-profile/');
}

interface Place {
  partition: string;
  region: string;
  account: string;
}

function resourcesOf(models: readonly string[], place: Place): Resources {
  if (models.length === 0) {
    const any = modelArn(place, '*');
    return {
      direct: [any],
      profiles: [profileArn(place, '*'), arnOf(place, 'application-inference-profile', '*')],
      behind: [modelArn({ ...place, region: '*' }, '*'), modelArn({ ...place, region: '' }, '*')],
      plain: [any],
    };
  }
  const all: Resources = { direct: [], profiles: [], behind: [], plain: [] };
  for (const model of models) {
    const one = model.startsWith('arn:') ? resourcesOfArn(model) : resourcesOfId(model, place);
    for (const key of ['direct', 'profiles', 'behind', 'plain'] as const) {
      for (const arn of one[key]) all[key].push(arn);
    }
  }
  return all;
}

/** `geography.provider.model`; a model's own name may hold dots too, as in `provider.model-4.5` and `provider.v3.2`. */
const PROFILE_ID = /^[a-z-]+\.[a-z][a-z0-9]*\.[a-z]/;

function resourcesOfId(id: string, place: Place): Resources {
  if (!/^[a-z0-9-]+\.[A-Za-z0-9.:_-]+$/.test(id)) {
    throw new UsageError(
      `--model ${id} is not the id of a model or profile. Pass one such as amazon.nova-lite-v1:0, or an ARN.`,
    );
  }
  if (PROFILE_ID.test(id)) return resourcesOfProfile(id, profileArn(place, id), place);
  const own = [modelArn(place, id)];
  return { direct: own, profiles: [], behind: [], plain: own };
}

/** A profile has the id of its model, behind a geography. */
function resourcesOfProfile(id: string, arn: string, place: Place): Resources {
  const model = id.slice(id.indexOf('.') + 1);
  const here = modelArn(place, model);
  return {
    direct: [],
    profiles: [arn],
    behind: id.startsWith('global.')
      ? [here, modelArn({ ...place, region: '' }, model)]
      : [modelArn({ ...place, region: '*' }, model)],
    plain: [here],
  };
}

function resourcesOfArn(arn: string): Resources {
  const { kind, id, ...place } = parsedArn(arn, '--model');
  switch (kind) {
    case 'inference-profile':
      return resourcesOfProfile(id, arn, place);
    case 'application-inference-profile': {
      // The ARN does not tell which model it was made for.
      const any = [modelArn({ ...place, region: '*' }, '*'), modelArn({ ...place, region: '' }, '*')];
      return { direct: [], profiles: [arn], behind: any, plain: [modelArn(place, '*')] };
    }
    case 'foundation-model':
      return { direct: [arn], profiles: [], behind: [], plain: [arn] };
    default:
      if (takes('Converse', kind as ResourceKind))
        return { direct: [arn], profiles: [], behind: [], plain: [] };
      throw new UsageError(
        `--model ${arn} is the ARN of a ${kind}, which this policy cannot be made for. ` +
          'Pass a model or an inference profile.',
      );
  }
}

function guardrailArn(guardrail: string, place: Place): string {
  if (!guardrail.startsWith('arn:')) {
    if (/^[a-z0-9]+$/.test(guardrail)) return arnOf(place, 'guardrail', guardrail);
    throw new UsageError(
      `--guardrail ${guardrail} is not the id of a guardrail. Pass one such as abc123, or an ARN.`,
    );
  }
  const { kind } = parsedArn(guardrail, '--guardrail');
  if (kind === 'guardrail') return guardrail;
  throw new UsageError(`--guardrail ${guardrail} is the ARN of a ${kind}. Pass the ARN of a guardrail.`);
}

const ARN = /^arn:(aws[a-z-]*):bedrock:([a-z0-9-]*):(\d{12})?:([a-z-]+)\/(\S+)$/;

function parsedArn(arn: string, option: string): Place & { kind: string; id: string } {
  const [, partition, region, account = '', kind, id] = ARN.exec(arn) ?? [];
  if (partition === undefined || region === undefined || kind === undefined || id === undefined) {
    throw new UsageError(
      `${option} ${arn} is not a complete ARN. It has the form arn:aws:bedrock:<region>:<account>:<kind>/<id>.`,
    );
  }
  return { partition, region, account, kind, id };
}

function modelArn({ partition, region }: Place, id: string): string {
  return `arn:${partition}:bedrock:${region}::foundation-model/${id}`;
}

function profileArn(place: Place, id: string): string {
  return arnOf(place, 'inference-profile', id);
}

function arnOf({ partition, region, account }: Place, kind: ResourceKind, id: string): string {
  return `arn:${partition}:bedrock:${region}:${account}:${kind}/${id}`;
}
