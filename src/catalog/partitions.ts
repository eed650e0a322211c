/** A part of AWS that has its own accounts, and shares no names or hosts with the others. */
export interface Partition {
  /** Its name in ARNs, such as `aws-cn`. */
  readonly name: string;
  /** What the hosts of its regions end in, such as `amazonaws.com.cn`. */
  readonly dnsSuffix: string;
  /** The same for hosts with IPv6, such as `api.amazonwebservices.com.cn`. */
  readonly dualStackDnsSuffix: string;
}

/**
 * By how the names of their regions begin; the first that fits. A region that nobody knows yet is taken for a new one of `aws`.
 * Source: AWS's partitions.json (Apache-2.0), 2026-11-28.
 */
const PARTITIONS: readonly (readonly [regions: string, ...names: [string, string, string]])[] = [
  ['cn-', 'aws-cn', 'amazonaws.com.cn', 'api.amazonwebservices.com.cn'],
  ['us-gov-', 'aws-us-gov', 'amazonaws.com', 'api.aws'],
  ['eusc-', 'aws-eusc', 'amazonaws.eu', 'api.amazonwebservices.eu'],
  ['us-iso-', 'aws-iso', 'c2s.ic.gov', 'api.aws.ic.gov'],
  ['us-isob-', 'aws-iso-b', 'sc2s.sgov.gov', 'api.aws.scloud'],
  ['eu-isoe-', 'aws-iso-e', 'cloud.adc-e.uk', 'api.cloud-aws.adc-e.uk'],
  ['us-isof-', 'aws-iso-f', 'csp.hci.ic.gov', 'api.aws.hci.ic.gov'],
  ['', 'aws', 'amazonaws.com', 'api.aws'],
];

const REGION = /^[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}$/;

/** Whether a text has the form of a region's code: it becomes part of a host name. */
export function isRegion(text: string): boolean {
  return REGION.test(text);
}

/**
 * Finds the partition of a region, for writing ARNs and host names.
 *
 * @example
 * ```ts
 * import { partitionOf } from 'bedrock-anywhere';
 *
 * const { name } = partitionOf('us-gov-west-1');
 * const arn = `arn:${name}:bedrock:us-gov-west-1::foundation-model/amazon.nova-lite-v1:0`;
 * ```
 */
export function partitionOf(region: string): Partition {
  const [, name = '', dnsSuffix = '', dualStackDnsSuffix = ''] =
    PARTITIONS.find(([regions]) => region.startsWith(regions)) ?? [];
  return { name, dnsSuffix, dualStackDnsSuffix };
}
