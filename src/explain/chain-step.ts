/** Steps of the AWS chain by the marks that the AWS SDK leaves on credentials; those closest to the origin first. */
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

/** Which step of the AWS chain found the credentials, if the AWS SDK marked them. */
export function chainStep(credentials: object): string | undefined {
  const { $source } = credentials as { $source?: unknown };
  if (typeof $source !== 'object' || $source === null) return undefined;
  const marks = Object.keys($source);
  return STEPS.find(([mark]) => marks.some((name) => mark.test(name)))?.[1];
}
