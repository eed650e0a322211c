/** Our gateway in a process of its own, which sends its port to its parent. */

import { createGateway, fromKeys, hashKey } from '../../dist/node/gateway.js';
import { serveGateway } from '../../dist/node/gateway-node.js';
import { createBedrock, fromBearerToken } from '../../dist/node/index.js';

const [upstream, key, streams] = process.argv.slice(2);
const gateway = createGateway({
  bedrock: createBedrock({
    endpoint: `http://127.0.0.1:${upstream}`,
    region: 'us-east-1',
    credentials: fromBearerToken('bedrock-api-key-bench'),
  }),
  authorize: fromKeys([{ name: 'bench', hash: await hashKey(key) }]),
  limits: { concurrency: Number(streams) },
});
const { url } = await serveGateway(gateway, { port: 0 });
process.send(Number(new URL(url).port));
process.on('disconnect', () => process.exit());
