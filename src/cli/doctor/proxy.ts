import { variable } from '../environment.js';
import { type Check, ok, warn } from './check.js';

const NAMES = ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'];

/** The first version of Node whose fetch can use a proxy of the environment. Source: Node's documentation of NODE_USE_ENV_PROXY. */
const FIRST_VERSION = 24;

/** Whether a proxy of the environment is used: Node's fetch ignores it unless it is told to use it. */
export function checkProxy(version = process.versions.node): Check {
  const name = NAMES.find((one) => variable(one) !== undefined);
  if (name === undefined) return ok('Proxy', 'none, requests go directly to the endpoint');
  const isNew = Number.parseInt(version, 10) >= FIRST_VERSION;
  if (isNew && variable('NODE_USE_ENV_PROXY') === '1') return ok('Proxy', `the one in ${name}`);
  return warn(
    'Proxy',
    `${name} is set, but Node does not use it`,
    isNew
      ? 'To use it, set NODE_USE_ENV_PROXY=1. If requests need no proxy, ignore this.'
      : `To use it, run this command with Node ${FIRST_VERSION} or newer and NODE_USE_ENV_PROXY=1. If requests need no proxy, ignore this.`,
  );
}
