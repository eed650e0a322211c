import type { Discovery, Model } from '../../src/index.js';

/** Ids that go into the path of a request, and names and ARNs of the partition that the fuzzers call. */
const ID = /^(?:[\w.:-]{1,256}|arn:aws:bedrock:[\w-]*:[\w-]*:[a-z-]+\/[\w.:/-]{1,512})$/;
const ARN = /^(?:|arn:aws:bedrock:[\w-]*:[\w-]*:[a-z-]+\/[\w.:/-]{1,512})$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

const isText = (value: unknown): boolean => typeof value === 'string' && !CONTROL.test(value);
const isFlag = (value: unknown): boolean => typeof value === 'boolean';
const isCount = (value: unknown): boolean => Number.isFinite(value) && (value as number) >= 0;
const areTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const isId = (value: unknown): boolean => isText(value) && ID.test(String(value));
const isArn = (value: unknown): boolean => isText(value) && ARN.test(String(value));

const MEMBERS = {
  id: isId,
  arn: isArn,
  foundationModelId: isId,
  name: isText,
  provider: isText,
  region: isText,
  input: areTexts,
  output: areTexts,
  streaming: isFlag,
  lifecycle: isText,
  contextWindow: isCount,
  maxTokens: isCount,
} satisfies Partial<Record<keyof Model, (value: unknown) => boolean>>;

/** Fails unless a list can be shown, stored and used without checking it, wherever it came from. */
export function expectModels({ models, warnings, excluded, fetchedAt }: Discovery): void {
  for (const model of models) {
    for (const [name, check] of Object.entries(MEMBERS))
      require(check(model[name as keyof Model]), name, model[name as keyof Model]);
    for (const { id, arn, name, regions } of model.profiles)
      require(isId(id) && isArn(arn) && isText(name) && areTexts(regions), 'a profile', {
        id,
        arn,
        name,
        regions,
      });
  }
  require(areTexts(warnings), 'warnings', warnings);
  require(Object.values(excluded).every(isCount), 'excluded', excluded);
  require(!Number.isNaN(Date.parse(String(fetchedAt))), 'fetchedAt', fetchedAt);
}

function require(holds: boolean, what: string, found: unknown): void {
  if (!holds) throw new Error(`${what} of a model is ${JSON.stringify(found)?.slice(0, 200)}`);
}
