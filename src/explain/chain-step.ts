/**
 * Steps of the AWS chain, by the marks that the AWS SDK leaves on credentials. Credentials may carry several marks, so the
 * step that is closest to their origin comes first.
 */
const STEPS: readonly (readonly [mark: RegExp, step: string])[] = [
  [/^CREDENTIALS_IMDS$/, 'instance role, from instance metadata'],
  [/^CREDENTIALS_HTTP$/, 'container credentials'],
  [/^CREDENTIALS_(?:PROFILE_)?PROCESS$/, 'credential_process'],
  [/^CREDENTIALS_(?:PROFILE_)?SSO(?:_LEGACY)?$/, 'single sign-on'],
  [/^CREDENTIALS_(?:PROFILE_)?LOGIN$/, 'login session'],
  [/WEB_ID/, 'web identity token'],
  [/^CREDENTIALS_STS_ASSUME_ROLE$/, 'assumed role'],
  [/^CREDENTIALS_PROFILE/, 'config and credentials files'],
];

/** Finds out which step of the AWS chain found the credentials; undefined if the AWS SDK did not mark them. */
export function findChainStep(credentials: object): string | undefined {
  const { $source } = credentials as { $source?: unknown };
  if (typeof $source !== 'object' || $source === null) return undefined;
  const marks = Object.keys($source);
  return STEPS.find(([mark]) => marks.some((name) => mark.test(name)))?.[1];
}
