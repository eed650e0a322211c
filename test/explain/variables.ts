import { vi } from 'vitest';

/** The environment holds of AWS these variables and no others, until `vi.unstubAllEnvs()`. */
export function onlyVariables(variables: Readonly<Record<string, string | undefined>>): void {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
  const without = {
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/none',
    AWS_SHARED_CREDENTIALS_FILE: '/none',
  };
  for (const [name, value] of Object.entries({ ...without, ...variables })) vi.stubEnv(name, value);
}
