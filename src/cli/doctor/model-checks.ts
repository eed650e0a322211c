import { catalog } from '../../catalog/index.js';
import { converse, discover, isBedrockError } from '../../index.js';
import { priceText } from '../ask/footer.js';
import { withSuggestion } from '../ask/print-answer.js';
import { type PolicyDocument, policyDocument, type Wanted } from '../policy/document.js';
import { codeOf, describeError } from '../print/error.js';
import { type Check, fail, ok, warn } from './check.js';

/** What a call to a model is made with. */
export interface Trial {
  modelId: string;
  region: string;
  fetch: typeof fetch;
  timeoutMs: number;
  /** The account, if it is known. */
  account: string | undefined;
  /** Who needs the permission. */
  arn: string | undefined;
  isApiKey: boolean;
}

const LISTS = ['ListFoundationModels', 'ListInferenceProfiles'] as const;

/** Checks whether the account's models can be listed. Calls to models work without. */
export async function checkList(trial: Trial): Promise<Check> {
  const { region, fetch, timeoutMs } = trial;
  try {
    const { models, warnings } = await discover({ region, fetch, timeoutMs, refreshInterval: 0 });
    const text = `${models.length} models can be called in ${region}`;
    if (warnings.length === 0) return ok('Model list', text);
    // A part of the list is missing, nearly always because a permission is.
    return { ...warn('Model list', text, ...warnings), ...allow(trial, LISTS, []) };
  } catch (error) {
    const text = describeError(error);
    if (!isDenied(error)) return { ...fail('Model list', text), code: codeOf(error) };
    const check = warn('Model list', text, 'Only discover() and the command models need the permission.');
    return { ...check, code: codeOf(error), ...allow(trial, LISTS, []) };
  }
}

/** Checks access to a model, by a call of one token. */
export async function checkModel(trial: Trial): Promise<Check> {
  const { modelId, region, fetch, timeoutMs } = trial;
  const name = 'Model';
  const started = performance.now();
  try {
    const request = { modelId, prompt: 'Hi', inferenceConfig: { maxTokens: 1 } };
    const { usage, cost } = await converse(request, { region, fetch, timeoutMs, catalog });
    const ms = Math.round(performance.now() - started);
    return ok(name, `${modelId} answered: ${usage?.outputTokens ?? 1} token, ${priceText(cost)}, ${ms} ms`);
  } catch (error) {
    const text = `${modelId}: ${describeError(await withSuggestion(error, modelId, region))}`;
    if (!isDenied(error)) return { ...fail(name, text), code: codeOf(error) };
    const check = fail(
      name,
      text,
      `Either IAM does not allow the call: attach the policy below${trial.arn === undefined ? '' : ` to ${trial.arn}`}.`,
      'Or the account has no access to the model: open it in the model catalog of the Amazon Bedrock console, where some providers ask for a form.',
    );
    return { ...check, code: codeOf(error), ...allow(trial, ['Converse', 'ConverseStream'], [modelId]) };
  }
}

function isDenied(error: unknown): boolean {
  return isBedrockError(error) && error.code === 'ERR_ACCESS_DENIED';
}

function allow(
  { region, account = '*', isApiKey }: Trial,
  operations: Wanted['operations'],
  models: string[],
): { policy: PolicyDocument } {
  const all = isApiKey ? [...operations, 'CallWithBearerToken' as const] : operations;
  return { policy: policyDocument({ operations: all, models, guardrails: [], region, account }) };
}
