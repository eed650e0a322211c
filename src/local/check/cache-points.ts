import { invalid } from '../exception.js';
import type { CheckedRequest } from './checked-request.js';
import type { Block, ConverseBody } from './request-shape.js';
import { modelError } from './wording.js';

// Where a cache point may stand. The first two sentences are the service's own, so they hold for every model; the others come
// from Claude, into whose `cache_control` the service turns a cache point. Each is in test/refusals/cache-points.ts with its
// source.

/** As many as Claude and Nova take: https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html, 2026-11-28. */
const MOST = 4;

type Item = Partial<Pick<Block, 'cachePoint' | 'document' | 'reasoningContent'>>;

/** The lists that may hold cache points, in the order in which a model reads them, as Claude names them. */
function listPlaces({
  toolConfig,
  system,
  messages = [],
}: ConverseBody): [items: readonly Item[], path: string][] {
  return [
    [toolConfig?.tools ?? [], 'tools'],
    [system ?? [], 'system'],
    ...messages.map(({ content }, i): [Item[], string] => [content, `messages.${i}.content`]),
  ];
}

/** Checks where cache points stand, how many there are, and the order of their lifetimes. */
export function checkCachePoints({ body, model: { modelId } }: CheckedRequest): void {
  const isClaude = modelId.includes('claude');
  const ofModel: (() => never)[] = [];
  let count = 0;
  let isShort = false;
  for (const [items, path] of listPlaces(body)) {
    let before: Item | undefined;
    let kept = 0;
    for (const [j, item] of items.entries()) {
      const { cachePoint } = item;
      if (cachePoint === undefined) {
        before = item;
        kept += 1;
        continue;
      }
      if (before === undefined) {
        throw invalid(
          'There is nothing available to cache. Please remove the invalid cache point and try again.',
        );
      }
      if (before.reasoningContent !== undefined) {
        throw invalid(
          'Cache point cannot be inserted after reasoning block. Please remove the invalid cache point and try again.',
        );
      }
      count += 1;
      if (!isClaude) continue;
      if (before.document !== undefined && before.document.format !== 'pdf') {
        ofModel.push(() => refuse(`${path}.${j}.type: Field required`));
      }
      if (cachePoint.ttl !== '1h') isShort = true;
      else if (isShort) {
        const at = `${path}.${kept - 1}`;
        ofModel.push(() =>
          refuse(
            `${at}.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. ` +
              'Note that blocks are processed in the following order: `tools`, `system`, `messages`.',
          ),
        );
      }
    }
  }
  // The service looks at the whole request before the model does.
  ofModel[0]?.();
  if (count <= MOST) return;
  if (isClaude) refuse(`A maximum of ${MOST} blocks with cache_control may be provided. Found ${count}.`);
  // What Nova says is not recorded.
  throw invalid(
    `The request has ${count} cache points, and the model accepts ${MOST}. Remove some and try again.`,
  );
}

function refuse(message: string): never {
  throw modelError(message);
}
