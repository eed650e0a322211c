// Runs the cases of a client one by one: a case per line on standard input, its outcome per line on descriptor 3.
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** @param {Record<string, (input: any) => unknown>} cases */
export async function serve(cases) {
  for await (const line of createInterface({ input: process.stdin })) {
    const { name, env, input } = JSON.parse(line);
    for (const key of Object.keys(process.env)) if (key.startsWith('AWS_')) delete process.env[key];
    Object.assign(process.env, env);
    const outcome = await run(cases[name], input);
    writeSync(3, `${JSON.stringify(outcome)}\n`);
  }
}

async function run(one, input) {
  try {
    return { value: await one(input) };
  } catch (error) {
    return { failure: describe(error) };
  }
}

/** What the user of a client can read of an error. */
export function describe(error) {
  if (typeof error !== 'object' || error === null) return { message: String(error) };
  const { name, message, statusCode, $metadata, responseBody, lastError, cause } = error;
  return {
    name,
    message,
    status: statusCode ?? $metadata?.httpStatusCode,
    body: responseBody,
    cause: (lastError ?? cause) === undefined ? undefined : describe(lastError ?? cause),
  };
}
