import { fromBase64, toBase64 } from '../../wire/base64.js';
import { invalid, ServiceException } from '../exception.js';
import type { LocalModel } from './account.js';
import type { Catalog } from './catalog.js';

const DEFAULT_PAGE = 100;

/** Allowed values of filters. Source: API reference of Amazon Bedrock, "ListFoundationModels", 2026-11-29. */
const FILTERS: Readonly<Record<string, readonly string[]>> = {
  byOutputModality: ['TEXT', 'IMAGE', 'EMBEDDING'],
  byInferenceType: ['ON_DEMAND', 'PROVISIONED'],
  byCustomizationType: ['FINE_TUNING', 'CONTINUED_PRE_TRAINING', 'DISTILLATION'],
};

/** ListFoundationModels: every model that passes the filters, in one page as at the service. */
export function listFoundationModels(catalog: Catalog, query: URLSearchParams): object {
  const provider = query.get('byProvider')?.toLowerCase();
  const modality = readFilter(query, 'byOutputModality');
  const inferenceType = readFilter(query, 'byInferenceType');
  const customization = readFilter(query, 'byCustomizationType');
  const modelSummaries = catalog.models.filter(
    (model) =>
      (provider === undefined || model.providerName?.toLowerCase() === provider) &&
      (modality === null || model.outputModalities?.includes(modality) === true) &&
      (inferenceType === null || model.inferenceTypesSupported?.includes(inferenceType) === true) &&
      (customization === null ||
        model.customizationsSupported?.some((one) => one === customization) === true),
  );
  return { modelSummaries: modelSummaries.map(summarize) };
}

function summarize({ rejects: _, contextWindow: _ofTheLocalOneOnly, ...summary }: LocalModel): object {
  return summary;
}

/** GetFoundationModel, by id or ARN. */
export function getFoundationModel(catalog: Catalog, id: string): object {
  const found = catalog.models.find(({ modelId, modelArn }) => modelId === id || modelArn === id);
  if (found === undefined) throw invalid('The provided model identifier is invalid.');
  return { modelDetails: summarize(found) };
}

/** ListInferenceProfiles: one page. */
export function listInferenceProfiles(catalog: Catalog, query: URLSearchParams): object {
  // AWS calls the member typeEquals and sends it as type.
  const type = query.get('type') ?? query.get('typeEquals');
  checkEnum('typeEquals', type, ['SYSTEM_DEFINED', 'APPLICATION']);
  const size = readPageSize(query.get('maxResults'));
  const start = readToken(query.get('nextToken'));
  const all = catalog.profiles.filter((profile) => type === null || profile.type === type);
  const end = start + size;
  return {
    inferenceProfileSummaries: all.slice(start, end),
    ...(end < all.length ? { nextToken: writeToken(end) } : {}),
  };
}

/** GetInferenceProfile, by id or ARN. */
export function getInferenceProfile(catalog: Catalog, id: string): object {
  const found = catalog.profiles.find(
    (one) => one.inferenceProfileId === id || one.inferenceProfileArn === id,
  );
  if (found === undefined) {
    throw new ServiceException('ResourceNotFoundException', 'The provided inference profile was not found.');
  }
  return found;
}

/** GetFoundationModelAvailability: whether the account may use a model. */
export function getModelAvailability(catalog: Catalog, modelId: string): object {
  if (!catalog.models.some((one) => one.modelId === modelId)) {
    throw new ServiceException('ResourceNotFoundException', `The model ${modelId} was not found.`);
  }
  const access = catalog.hasAccess(modelId);
  return {
    modelId,
    agreementAvailability: { status: access ? 'AVAILABLE' : 'NOT_AVAILABLE' },
    authorizationStatus: access ? 'AUTHORIZED' : 'NOT_AUTHORIZED',
    entitlementAvailability: access ? 'AVAILABLE' : 'NOT_AVAILABLE',
    regionAvailability: 'AVAILABLE',
  };
}

function readFilter(query: URLSearchParams, name: string): string | null {
  const value = query.get(name);
  checkEnum(name, value, FILTERS[name] ?? []);
  return value;
}

function checkEnum(name: string, value: string | null, values: readonly string[]): void {
  if (value === null || values.includes(value)) return;
  throw invalid(
    `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: ` +
      `Member must satisfy enum value set: [${values.join(', ')}]`,
  );
}

function readPageSize(text: string | null): number {
  if (text === null) return DEFAULT_PAGE;
  const size = Number(text);
  if (!Number.isInteger(size) || size < 1 || size > 1000) {
    throw invalid(
      `1 validation error detected: Value '${text}' at 'maxResults' failed to satisfy constraint: ` +
        'Member must be between 1 and 1000, both inclusive',
    );
  }
  return size;
}

function writeToken(offset: number): string {
  return toBase64(new TextEncoder().encode(`offset:${offset}`));
}

function readToken(token: string | null): number {
  if (token === null) return 0;
  const bytes = fromBase64(token);
  const [, offset] = /^offset:(\d+)$/.exec(bytes === undefined ? '' : new TextDecoder().decode(bytes)) ?? [];
  if (offset === undefined) throw invalid('The value of nextToken is invalid.');
  return Number(offset);
}
