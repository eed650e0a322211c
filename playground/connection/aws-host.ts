// Not from the entry of the library: a bundler would load all of it before the page is drawn.
import { partitionOf } from '../../src/catalog/partitions.js';

/** The origin of a service of AWS in a region. */
export function awsOrigin(service: string, region: string): string {
  return new URL(`https://${service}.${region}.${partitionOf(region).dnsSuffix}`).origin;
}
