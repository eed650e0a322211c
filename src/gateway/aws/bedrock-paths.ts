/** What clients of Bedrock's own paths may do. Default of each: no. */
export interface BedrockPaths {
  /** Name files in S3, which Bedrock reads with the permissions of the gateway. */
  s3Locations?: boolean | undefined;
  /** Choose a guardrail. If the client of the gateway has one, that one applies all the same. */
  guardrails?: boolean | undefined;
}
