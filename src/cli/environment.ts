/** One environment variable, trimmed; undefined if it is blank or not set. */
export function variable(
  name: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  return env[name]?.trim() || undefined;
}
