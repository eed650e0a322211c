/**
 * What is measured. Each scenario is run by a file of `measure/`, once per round and contender, in a process of its own.
 *
 * @typedef {object} Figure
 * @property {string} key     its name in what the measurement returns
 * @property {string} title
 * @property {number} digits  behind the point
 * @property {'ratio' | 'over' | 'none'} against how it is set beside the reference: as a multiple, or as what comes on top
 * @property {string} [reference] whose figure is 1; bare fetch unless told otherwise
 *
 * @typedef {object} Scenario
 * @property {string} id
 * @property {string} title
 * @property {string} measure
 * @property {Figure[]} figures
 * @property {object} options
 * @property {object} quick   options of `--quick`
 * @property {number} [repeat] processes per round
 * @property {boolean} [ofRequests] shows how requests are authorized, with all its rows
 * @property {string[]} [only] the contenders that it is about
 */

const cpu = { title: 'CPU, µs per event', digits: 2, against: 'ratio', reference: 'floor' };
const hot = { warmUps: 25, runs: 15, enoughMs: 2000 };
const hotQuick = { warmUps: 3, runs: 3, enoughMs: 0 };
const long = (cut, title) => ({
  id: `deltas-${cut}`,
  title: `20,000 deltas, ${title}`,
  measure: 'hot',
  figures: [
    { ...cpu, key: 'cpu' },
    { ...cpu, key: 'first', title: 'CPU, µs per event, the first 3 streams of a process' },
  ],
  options: { ...hot, model: `text.20000.${cut}` },
  quick: hotQuick,
});

const together = (id, title, isTogether) => ({
  id,
  title: `200 streams × 500 events, ${title}`,
  measure: 'many',
  figures: [
    { key: 'block', title: 'longest block of the event loop, ms', digits: 0, against: 'ratio' },
    { key: 'wall', title: 'until all are read, ms', digits: 0, against: 'ratio' },
    { key: 'cpu', title: 'CPU, ms', digits: 0, against: 'ratio' },
  ],
  options: { model: 'text.500.64k', streams: 200, warmUps: 20, together: isTogether },
  quick: {},
});

/** @type {Scenario[]} */
export const SCENARIOS = [
  long('64k', 'chunks of 64 KiB'),
  long('each', 'one event per chunk'),
  long('random', 'cut at random'),
  together('many', 'replies as they come', false),
  together('many-at-once', 'all replies released at once', true),
  {
    id: 'first',
    title: 'First event, warm',
    measure: 'first',
    figures: [{ key: 'first', title: 'call → first content, ms', digits: 2, against: 'over' }],
    options: { model: 'text.1.64k', warmUps: 40, requests: 200 },
    quick: { requests: 50 },
    ofRequests: true,
  },
  {
    id: 'cold',
    title: 'Cold start',
    measure: 'cold',
    figures: [
      { key: 'cold', title: 'import → first request at the server, ms', digits: 0, against: 'ratio' },
    ],
    options: { model: 'text.1.64k' },
    quick: {},
    repeat: 3,
    ofRequests: true,
  },
  {
    id: 'memory',
    title: 'Memory, one stream of 100,000 events',
    measure: 'memory',
    figures: [
      { key: 'rss', title: 'peak of the process, MB', digits: 0, against: 'ratio' },
      { key: 'heap', title: 'peak of the heap, MB', digits: 0, against: 'ratio' },
    ],
    options: { model: 'text.100000.64k' },
    quick: {},
  },
  {
    id: 'tool',
    title: 'A tool input of 20 MB',
    measure: 'large',
    figures: [
      { key: 'wall', title: 'until it is parsed, ms', digits: 0, against: 'ratio' },
      { key: 'cpu', title: 'CPU, ms', digits: 0, against: 'ratio' },
      { key: 'rss', title: 'peak of the process, MB', digits: 0, against: 'ratio' },
    ],
    options: { model: 'tool.20000000.64k', warmUps: 0, runs: 1 },
    quick: {},
  },
  {
    id: 'image',
    title: 'A request with an image of 4 MB',
    measure: 'large',
    figures: [
      { key: 'wall', title: 'call → whole answer, ms', digits: 0, against: 'ratio' },
      { key: 'cpu', title: 'CPU, ms', digits: 0, against: 'ratio' },
      { key: 'rss', title: 'peak of the process, MB', digits: 0, against: 'ratio' },
    ],
    options: { model: 'text.1.64k', imageBytes: 4_000_000, warmUps: 3, runs: 10 },
    quick: { warmUps: 1, runs: 3 },
    ofRequests: true,
  },
  ...[
    ['64k', 'chunks of 64 KiB'],
    ['each', 'one event per chunk'],
  ].map(([cut, title]) => ({
    id: `fairness-${cut}`,
    title: `Sharing the event loop, one stream alone, ${title}`,
    measure: 'fairness',
    figures: [
      { key: 'fairness', title: 'CPU, with it ÷ without', digits: 3, against: 'none' },
      { key: 'fairnessWall', title: 'time, with it ÷ without', digits: 3, against: 'none' },
      { key: 'noise', title: 'CPU, two builds that are alike', digits: 3, against: 'none' },
    ],
    options: { model: `text.20000.${cut}`, warmUps: 25, runs: 25 },
    quick: { warmUps: 2, runs: 3 },
    only: ['ours'],
  })),
];
