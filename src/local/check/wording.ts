import { invalid, type ServiceException } from '../exception.js';

/** An error of the model itself, which the service passes on. */
export function modelError(message: string): ServiceException {
  return invalid(`The model returned the following errors: ${message}`);
}

/** The model does not continue words of the assistant. */
export function noPrefill(): ServiceException {
  return modelError(
    'This model does not support assistant message prefill. The conversation must end with a user message.',
  );
}

/** The model does not support a field. */
export function unsupported(field: string): ServiceException {
  return invalid(`This model doesn't support the ${field} field. Remove ${field} and try again.`);
}

/** `maxTokens` is below the model's minimum. */
export function tooFewTokens(least: number | undefined, given: number): ServiceException {
  const error = {
    code: 'integer_below_min_value',
    message: `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= ${least}, but got ${given} instead.`,
    param: 'max_output_tokens',
    type: 'invalid_request_error',
  };
  return modelError(JSON.stringify({ error }));
}

/** The model no longer supports a parameter. */
export function deprecated(field: string): ServiceException {
  return modelError(`\`${toSnakeCase(field)}\` is deprecated for this model.`);
}

/** The model supports one of two parameters at a time. */
export function exclusive(one: string, other: string): ServiceException {
  return modelError(
    `\`${toSnakeCase(one)}\` and \`${toSnakeCase(other)}\` cannot both be specified for this model. Please use only one.`,
  );
}

/** The model does not know a key at this JSON pointer, which is empty for the body itself. */
export function extraneous(pointer: string, key: string): ServiceException {
  return modelError(
    `Malformed input request: #${pointer === '' ? '' : `/${pointer}`}: extraneous key [${key}] is not permitted, please reformat your input and try again.`,
  );
}

function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
