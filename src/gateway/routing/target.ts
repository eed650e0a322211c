import { inputError } from '../../errors.js';
import type { ModelQuirks } from '../../index.js';
import { isObject, nameOf, type Path, type Read, refuse, shorten } from '../../input/read.js';

/** A model to call, and by which client. */
export interface GatewayTarget {
  /** Id or ARN. */
  modelId: string;
  /** Name of a client in the option `clients`, such as one of another account. Default: the client in the option `bedrock`. */
  client?: string | undefined;
  /** Region to call the model in. Default: the client's. */
  region?: string | undefined;
}

/** What a name stands for: a model, or a list of models that are tried in this order. */
export type GatewayTargets = string | GatewayTarget | readonly (string | GatewayTarget)[];

/** A target with its place among those of its name. */
export interface Target extends GatewayTarget {
  /** 1 for the first. */
  position: number;
}

/** The targets of a name, in their order. */
export function listTargets(given: GatewayTargets): Target[] {
  const list = Array.isArray(given) ? (given as readonly (string | GatewayTarget)[]) : [given as string];
  return list.map((target, i) => ({
    ...(typeof target === 'string' ? { modelId: target } : target),
    position: i + 1,
  }));
}

/** A name for a target: the same model counts as another one in another region or account. */
export function keyOf({ modelId, client = '', region = '' }: GatewayTarget): string {
  return JSON.stringify([client, region, modelId]);
}

/** The targets that have the same model as the first one, in other regions or accounts. */
export function keepSameModel(
  targets: readonly Target[],
  { quirks }: { quirks?: ((modelId: string) => ModelQuirks | undefined) | undefined },
): readonly Target[] {
  const modelOf = ({ modelId }: Target): string => bareName(quirks?.(modelId)?.foundationModelId ?? modelId);
  const [first] = targets;
  return targets.filter((target) => first !== undefined && modelOf(target) === modelOf(first));
}

/** The id of a model without its region, account and geography, which do not change what it computes. */
function bareName(modelId: string): string {
  const [id = modelId] = modelId.split('/').slice(-1);
  return id.replace(/^(?:[a-z]{2}|us-gov|apac|global)\./, '');
}

const WANTED =
  'the id or ARN of a model, { modelId, client, region }, or a list of these, such as ["us.amazon.nova-pro-v1:0", "us.amazon.nova-lite-v1:0"]';

/**
 * Checks what a name stands for.
 *
 * @throws BedrockError `ERR_INPUT`
 */
export const readTargets: Read = (value, path) => {
  if (!Array.isArray(value)) return readTarget(value, path);
  if (value.length === 0) throw inputError(`${nameOf(path)} is an empty list. Pass ${WANTED}.`);
  return value.map((target, i) => readTarget(target, [...path, i]));
};

const MEMBERS = ['modelId', 'client', 'region'] as const satisfies readonly (keyof GatewayTarget)[];

function readTarget(value: unknown, path: Path): string | GatewayTarget {
  if (isFilled(value)) return value;
  if (!isObject(value)) return refuse(path, value, WANTED);
  for (const name of Object.keys(value)) {
    if (!MEMBERS.includes(name as (typeof MEMBERS)[number]))
      throw inputError(
        `${nameOf(path)} has the member ${shorten(name)}. A target has ${MEMBERS.join(', ')} and nothing else.`,
      );
  }
  const { modelId, client, region } = value;
  if (!isFilled(modelId)) return refuse([...path, 'modelId'], modelId, 'the id or ARN of a model');
  if (client !== undefined && !isFilled(client))
    return refuse([...path, 'client'], client, 'the name of a client in the option clients');
  if (region !== undefined && !isFilled(region))
    return refuse([...path, 'region'], region, 'a region, such as eu-central-1');
  return { modelId, ...(client !== undefined && { client }), ...(region !== undefined && { region }) };
}

function isFilled(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
