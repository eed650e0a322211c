import type { Rejections } from './quirks.js';
import type { ConverseBody } from './request-shape.js';
import { extraneous, modelError } from './wording.js';

/** Checks the model's own fields. The server of each family has its own words for rejecting them. */
export function checkFields(
  { additionalModelRequestFields: fields = {} }: ConverseBody,
  { fields: rejected = [] }: Rejections,
  modelId: string,
): void {
  const name = rejected.find((one) => Object.hasOwn(fields, one));
  if (name === undefined) return;
  if (name === 'reasoningConfig') {
    throw modelError(
      'Malformed input request: the provided reasoning config value is invalid, please reformat your input and try again.',
    );
  }
  if (modelId.includes('nova')) throw extraneous('', name);
  if (modelId.includes('mistral-7b')) {
    throw modelError(
      `Validation Error: 1 validation error for TextToTextCompletionRequest\n${name}\n  Extra inputs are not permitted ` +
        "[type=extra_forbidden, input_value={'type': 'enabled'}, input_type=dict]\n    For further information visit " +
        'https://errors.pydantic.dev/2.10/v/extra_forbidden',
    );
  }
  // The service lists about thirty members that it expects; two are enough here.
  const said = `Failed to deserialize the JSON body into the target type: unknown variant \`${name}\`, expected one of \`max_tokens\`, \`messages\` at line 1 column 157`;
  throw modelId.includes('coder')
    ? modelError(
        JSON.stringify({
          code: 'validation_error',
          message: said,
          param: null,
          type: 'invalid_request_error',
        }),
      )
    : modelError(said);
}
