import { inputError, messageOf } from '../errors.js';
import { isObject } from '../input/read.js';

/** A schema that validates, such as those of zod, valibot and ArkType. Source: standardschema.dev, version 1. */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    validate(value: unknown): StandardResult<Output> | PromiseLike<StandardResult<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
    /** Standard JSON Schema, which zod has since 4.2. */
    readonly jsonSchema?: { input(options: { target: string }): Record<string, unknown> } | undefined;
  };
}

type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** A JSON schema with a function that returns the input, or throws for one that is wrong. */
export interface CheckedSchema<Output = unknown> {
  jsonSchema: object;
  validate(input: unknown): Output;
}

/**
 * What a tool's input looks like: a schema that validates and converts to JSON schema, a JSON schema with your own function, or
 * just a JSON schema, in which case the input is not checked.
 */
export type ToolSchema = StandardSchema | CheckedSchema | object;

/** What `run` gets. */
export type InputOf<Schema> =
  Schema extends StandardSchema<infer Output>
    ? Output
    : Schema extends CheckedSchema<infer Output>
      ? Awaited<Output>
      : Record<string, unknown>;

/** A schema in any of the forms, ready for use. */
export interface ReadSchema {
  json: object;
  /** Resolves to the input that `run` gets; throws words for the model if it is wrong. */
  check(input: unknown): Promise<unknown>;
}

/** Reads a schema in any of its forms. */
export function readSchema(schema: unknown, name: string): ReadSchema {
  if (isStandard(schema)) {
    const { '~standard': standard } = schema;
    return {
      json: standardJson(schema, name),
      async check(input) {
        const result = await standard.validate(input);
        if (result.issues === undefined) return result.value;
        throw new Error(result.issues.map(describeIssue).join('; '));
      },
    };
  }
  if (isObject(schema) && typeof schema['validate'] === 'function' && isObject(schema['jsonSchema'])) {
    const { jsonSchema, validate } = schema as unknown as CheckedSchema;
    return { json: jsonSchema, check: async (input) => validate(input) };
  }
  if (isObject(schema)) return { json: schema, check: async (input) => input };
  throw inputError(
    `tools.${name}.input is not a schema. Pass one of zod, { jsonSchema, validate } or a JSON schema.`,
  );
}

/** Functions too: schemas of ArkType can be called. */
function isStandard(schema: unknown): schema is StandardSchema {
  return (
    (typeof schema === 'object' || typeof schema === 'function') && schema !== null && '~standard' in schema
  );
}

function standardJson(schema: StandardSchema, name: string): object {
  const { jsonSchema, vendor } = schema['~standard'];
  try {
    const json: unknown = jsonSchema
      ? jsonSchema.input({ target: 'draft-2020-12' })
      : (schema as { toJSONSchema?(): unknown }).toJSONSchema?.();
    if (isObject(json)) return json;
  } catch (cause) {
    throw inputError(`tools.${name}.input has no JSON schema: ${messageOf(cause)}`, cause);
  }
  throw inputError(
    `tools.${name}.input, a schema of ${vendor}, has no JSON schema that describes it to the model. Pass ` +
      '{ jsonSchema, validate }, or a schema with Standard JSON Schema.',
  );
}

function describeIssue({ message, path = [] }: StandardIssue): string {
  const keys = path.map((key) => String(typeof key === 'object' ? key.key : key));
  return keys.length === 0 ? message : `${keys.join('.')}: ${message}`;
}
