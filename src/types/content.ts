import type {
  Tool as AwsTool,
  ToolConfiguration as AwsToolConfiguration,
  ToolInputSchema as AwsToolInputSchema,
  ToolSpecification as AwsToolSpecification,
  ToolUseBlock,
} from '@aws-sdk/client-bedrock-runtime';

/** Any JSON value. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  [name: string]: JsonValue;
}

/**
 * A tool that the model calls, with its input as an object.
 *
 * The model may also write an input that is not a JSON object. Then `inputError` says why and `input` is the text that
 * arrived. Unless you check `inputError`, `input.city` compiles but is `unknown`; after the check `input` is a {@link JsonObject}.
 *
 * @example
 * ```ts
 * import type { ToolUse } from 'bedrock-anywhere';
 *
 * function cityOf(toolUse: ToolUse): string {
 *   if (toolUse.inputError !== undefined) throw new Error(`${toolUse.inputError}: ${toolUse.input}`);
 *   const { city } = toolUse.input;
 *   return typeof city === 'string' ? city : 'Hamburg';
 * }
 * ```
 */
export type ToolUse = ReadToolUse | UnreadToolUse;

interface ToolUseHead extends Omit<ToolUseBlock, 'input'> {
  toolUseId: string;
  name: string;
}

interface ReadToolUse extends ToolUseHead {
  /** What the model passes to the tool. */
  input: JsonObject;
  inputError?: undefined;
}

interface UnreadToolUse extends ToolUseHead {
  /** The text of the input, as far as it arrived. */
  input: TextInput;
  /** Why the input could not be read as a JSON object. */
  inputError: string;
}

/** The index signature lets `toolUse.input.city` compile without a check of `inputError`: a string has no such member. */
export type TextInput = string & { readonly [name: string]: unknown };

/**
 * The JSON Schema of a tool's input. Its type may be any object: the output of zod's `toJSONSchema()`, a TypeBox schema,
 * a constant, an interface of your own.
 *
 * @example
 * ```ts
 * import type { ToolInputSchema } from 'bedrock-anywhere';
 * import * as z from 'zod';
 *
 * const inputSchema: ToolInputSchema = { json: z.toJSONSchema(z.object({ city: z.string() })) };
 * ```
 */
export type ToolInputSchema = AwsToolInputSchema | { json: object; $unknown?: never };

/** The description of a tool for the model: AWS's type, with any object as the schema. */
export interface ToolSpecification extends Omit<AwsToolSpecification, 'inputSchema'> {
  /** The input that the model has to pass to the tool, as JSON Schema. */
  inputSchema: ToolInputSchema | undefined;
}

/**
 * A tool that a model may call: AWS's type, with any object as the schema of its input.
 *
 * @example
 * ```ts
 * import type { Tool } from 'bedrock-anywhere';
 *
 * const getTide: Tool = {
 *   toolSpec: {
 *     name: 'get_tide',
 *     description: 'The next high water at a harbour.',
 *     inputSchema: { json: { type: 'object', properties: { harbour: { type: 'string' } } } },
 *   },
 * };
 * ```
 */
export type Tool = AwsTool | (Omit<AwsTool.ToolSpecMember, 'toolSpec'> & { toolSpec: ToolSpecification });

/** The tools of a request, and which of them the model has to call: AWS's type, with any object as a tool's schema. */
export interface ToolConfiguration extends Omit<AwsToolConfiguration, 'tools'> {
  /** The tools that the model may call. */
  tools: Tool[] | undefined;
}
