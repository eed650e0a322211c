/** What each fault may end with; `whole` is the whole text. */
const ENDS = {
  none: ['whole'],
  throttleonce: ['whole'],
  throttle: ['ERR_THROTTLED'],
  cut: ['ERR_TRUNCATED'],
  cutframe: ['ERR_TRUNCATED', 'ERR_PROTOCOL'],
  broken: ['ERR_NETWORK'],
  reset: ['ERR_NETWORK'],
  exception: ['ERR_MODEL'],
  stall: ['ERR_TIMEOUT'],
};
const FAULTS = Object.keys(ENDS).filter((fault) => fault !== 'none');

/**
 * Opens many streams over and over, one in ten of them faulty. Gives for each round the heap and the memory of the process
 * after a collection, in MB, and the sockets that are left at the very end; throws when a stream ends in another way than
 * its fault says, or not at all.
 */
export async function run({ contenderUrl, options: { streams, rate, events, minutes, idleTimeoutMs } }) {
  const { createBedrock, isBedrockError } = await import('../../dist/node/index.js');
  const bedrock = createBedrock({
    endpoint: contenderUrl,
    region: 'us-east-1',
    credentials: { token: 'bench' },
    idleTimeoutMs,
  });
  const expected = Array.from({ length: events - 1 }, (_, i) => ` ${i + 1}`).join('');
  const ends = {};
  const readOne = async (round, number) => {
    const fault = number % 10 === 0 ? FAULTS[(number / 10) % FAULTS.length] : 'none';
    const modelId = `load.${rate}.${events}.${fault}.${round}-${number}`;
    let end;
    try {
      const text = await bedrock
        .stream({ modelId, messages: [{ role: 'user', content: [{ text: 'Hi' }] }] })
        .text();
      end = text.replace(/^@\d+/, '') === expected ? 'whole' : 'another text';
    } catch (error) {
      end = isBedrockError(error) ? error.code : String(error);
    }
    if (!ENDS[fault].includes(end)) throw new Error(`A stream with the fault ${fault} ended with ${end}`);
    const key = `${fault}: ${end}`;
    ends[key] = (ends[key] ?? 0) + 1;
  };
  const start = performance.now();
  const series = [];
  let most = 0;
  for (let round = 0; round === 0 || performance.now() - start < minutes * 60_000; round++) {
    const reading = Promise.all(Array.from({ length: streams }, (_, number) => readOne(round, number)));
    const watch = setInterval(() => {
      most = Math.max(most, openSockets());
    }, 500);
    await reading;
    clearInterval(watch);
    for (let i = 0; i < 2; i++) globalThis.gc();
    const { heapUsed, rss } = process.memoryUsage();
    const minute = (performance.now() - start) / 60_000;
    series.push({ minute, heap: heapUsed / 2 ** 20, rss: rss / 2 ** 20 });
  }
  return { series, ends, mostSockets: most, socketsLeft: await socketsAfter(20_000) };
}

const openSockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;

/** Sockets that are still open once those that wait for a next request had their time. */
async function socketsAfter(limitMs) {
  for (let waited = 0; waited < limitMs && openSockets() > 0; waited += 250) {
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return openSockets();
}
