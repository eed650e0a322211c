import * as bare from '../contenders/bare.mjs';
import * as ours from '../contenders/ours.mjs';

const modules = { bare, ours };

/** Opens a contender where files cannot be looked for: in a page, in a Worker. */
export const openContender = (contender, url) =>
  modules[contender.module][contender.open ?? 'open']({ ...contender, url });
