import { isRegion, partitionOf } from '../catalog/partitions.js';
import { isObject } from '../input/read.js';

/** The members of a foundation model that are cached. */
export interface RawModel {
  id: string;
  arn: string;
  name: string;
  provider: string;
  input: string[];
  output: string[];
  streaming: boolean;
  lifecycle: string;
  onDemand: boolean;
}

/** The members of an inference profile that are cached. */
export interface RawProfile {
  id: string;
  arn: string;
  name: string;
  type: 'system' | 'application';
  active: boolean;
  modelArns: string[];
}

/** What an account can see in a region. It is cached in this form, so that calls with other options can share it. */
export interface RawLists {
  models: RawModel[];
  profiles: RawProfile[];
  /** Whether the account has access, by model id; only models that were checked. */
  access?: Record<string, boolean>;
  warnings: string[];
}

/** Says whether a value may be a member; `region` is that of the list. */
type Check = (value: unknown, region: string) => boolean;

/** Ids as Bedrock has them, but never an ARN, which names an account and decides where a call goes. */
const ID = /^(?!arn:)[\w.:-]{1,256}$/;
const ARN = /^arn:([a-z-]+):bedrock:([a-z\d-]*):[\w-]*:[a-z-]+\/[\w.:/-]{1,512}$/;

/** Control characters have been removed where texts enter. */
const text: Check = (value) => typeof value === 'string' && value.length <= 1000;
const flag: Check = (value) => typeof value === 'boolean';
const id: Check = (value) => typeof value === 'string' && ID.test(value);

/** An ARN of the list's partition; one without a region stands for all regions. */
const arn: Check = (value, region) => {
  const [, partition, own = ''] = (typeof value === 'string' && ARN.exec(value)) || [];
  const { name } = partitionOf(region);
  return partition === name && (own === '' || (isRegion(own) && partitionOf(own).name === name));
};

// Plain functions: bundlers keep the result of a call, even if nothing uses it.
const texts: Check = (value, region) => Array.isArray(value) && value.every((item) => text(item, region));
const arns: Check = (value, region) => Array.isArray(value) && value.every((item) => arn(item, region));

/** The checks of a model's members. */
export const MODEL: Readonly<Record<keyof RawModel, Check>> = {
  id,
  arn: (value, region) => value === '' || arn(value, region),
  name: text,
  provider: text,
  input: texts,
  output: texts,
  streaming: flag,
  lifecycle: text,
  onDemand: flag,
};

/** The checks of an inference profile's members. */
export const PROFILE: Readonly<Record<keyof RawProfile, Check>> = {
  id,
  arn,
  name: text,
  type: (value) => value === 'system' || value === 'application',
  active: flag,
  modelArns: arns,
};

/** Whether a value can be the lists of a region: a storage may hold anything. */
export function isRawLists(lists: unknown, region: string): lists is RawLists {
  if (!isObject(lists)) return false;
  const { models, profiles, access = {}, warnings } = lists;
  return (
    Array.isArray(models) &&
    models.every((model) => !findMisfit(model, MODEL, region)) &&
    Array.isArray(profiles) &&
    profiles.every((profile) => !findMisfit(profile, PROFILE, region)) &&
    isObject(access) &&
    Object.values(access).every((value) => typeof value === 'boolean') &&
    Array.isArray(warnings) &&
    warnings.every((warning) => typeof warning === 'string')
  );
}

/** The first member of an item in a list of a region that does not pass its check; undefined if all do. */
export function findMisfit(
  item: unknown,
  checks: Readonly<Record<string, Check>>,
  region: string,
): string | undefined {
  if (!isObject(item)) return 'item';
  return Object.keys(checks).find((name) => checks[name]?.(item[name], region) !== true);
}
