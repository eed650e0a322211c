import { spawnSync } from 'node:child_process';

/** What the tests use of Bedrock's API came to it from 2024 to 2026, and boto3 knows the API as of its own version. */
const PROGRAM = `
import boto3, botocore.session
model = botocore.session.get_session().get_service_model("bedrock-runtime")
if "outputConfig" in model.operation_model("Converse").input_shape.members and "CountTokens" in model.operation_names:
    print(boto3.__version__)
`;

/** The version of boto3 on this machine, if it knows Converse with all that the tests use. */
export function findBoto3(): string | undefined {
  return outputOf('python3', '-c', PROGRAM)?.trim() || undefined;
}

/** The version of the aws command on this machine, if it knows Converse and CountTokens. */
export function findAwsCli(): string | undefined {
  const knows = ['converse', 'count-tokens'].every(
    (command) => outputOf('aws', 'bedrock-runtime', command, '--generate-cli-skeleton') !== undefined,
  );
  return knows ? /aws-cli\/(\S+)/.exec(outputOf('aws', '--version') ?? '')?.[1] : undefined;
}

/** What a command prints; undefined if it fails, or is not there. */
function outputOf(command: string, ...args: string[]): string | undefined {
  const { stdout, status } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? stdout : undefined;
}
