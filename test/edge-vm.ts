import { EdgeVM } from '@edge-runtime/vm';

/**
 * Globals that the edge sandbox of Next.js 15 and 16 defines as functions that throw. Source: `EDGE_UNSUPPORTED_NODE_APIS` of
 * next 16.4.6, dist/shared/lib/constants.js; `npm run test:next` compares.
 */
export const EDGE_STUBS = [
  'BroadcastChannel',
  'ByteLengthQueuingStrategy',
  'CompressionStream',
  'CountQueuingStrategy',
  'DecompressionStream',
  'DomException',
  'MessageChannel',
  'MessageEvent',
  'MessagePort',
  'ReadableByteStreamController',
  'ReadableStreamBYOBRequest',
  'ReadableStreamDefaultController',
  'TransformStreamDefaultController',
  'WritableStreamDefaultController',
  'clearImmediate',
  'setImmediate',
];

/**
 * Vercel's edge VM as Next.js has it: all that it lacks of Node throws when it is called.
 *
 * @param env The variables of the deployment.
 */
export function createEdgeVm(env: Readonly<Record<string, string>> = {}): EdgeVM {
  return new EdgeVM({
    extend(context) {
      for (const name of EDGE_STUBS) Object.defineProperty(context, name, { get: () => stub(name) });
      const methods = Object.keys(process).filter((name) => name !== 'env');
      const lacking = methods.map((name) => [name, { get: () => methodOfProcess(name) }]);
      return Object.assign(context, {
        process: Object.defineProperties({ env }, Object.fromEntries(lacking)),
      });
    },
  });
}

/** Next.js keeps the names of all members, and the methods among them throw. */
function methodOfProcess(name: string): (() => never) | undefined {
  return typeof process[name as keyof NodeJS.Process] === 'function' ? stub(`process.${name}`) : undefined;
}

function stub(name: string): () => never {
  return () => {
    throw new Error(`A Node.js API is used (${name}) which is not supported in the Edge Runtime.`);
  };
}
