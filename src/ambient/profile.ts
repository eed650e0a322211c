/** What the AWS profile of this machine says about where calls go. Texts are as in the file. */
export interface ProfileSettings {
  region?: string | undefined;
  useFips?: string | undefined;
  useDualStack?: string | undefined;
  ignoresEndpoints?: string | undefined;
  /** `endpoint_url` for a service, such as `bedrock_runtime`. */
  endpointOf(service: string): string | undefined;
}
