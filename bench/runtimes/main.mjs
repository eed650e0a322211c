import { compare } from '../run.mjs';
import { SCENARIOS } from '../scenarios.mjs';

/** Many streams at once, the scenarios that every runtime is measured with. */
const TOGETHER = SCENARIOS.filter(({ measure }) => measure === 'many').map((scenario) => ({
  ...scenario,
  figures: scenario.figures.filter(({ key }) => key === 'block'),
}));

/**
 * Measures many streams at once where there is no Node: bare fetch, the library, and the library without its sharing
 * of the event loop. `contenders` says which are wanted, `builds` is what `buildFairnessPair` gives.
 *
 * @returns cells, as `compare` gives them
 */
export function compareRuntimes({ builds: [asItIs, without], contenders, runtimes, ...how }) {
  const wanted = contenders.flatMap((contender) => {
    if (contender.id === 'fetch') return [contender];
    if (contender.id !== 'ours') return [];
    const title = `${contender.title}, not sharing the loop`;
    return [
      { ...contender, library: asItIs },
      { ...contender, id: 'ours-without', title, library: without },
    ];
  });
  return compare({ ...how, nodes: runtimes, scenarios: TOGETHER, contenders: wanted });
}
