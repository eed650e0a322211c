import { run } from '../measure/many.mjs';
import { openContender } from './open.mjs';

/** The measurement of many streams, in a page. The streams go to the addresses in turn. */
export function measure({ contender, urls, options }) {
  const ask = async (path) => (await fetch(`${urls[0]}/${path}`)).json();
  const open = async () => {
    const reads = await Promise.all(urls.map((url) => openContender(contender, url)));
    let asked = 0;
    return (question, answer) => reads[asked++ % reads.length](question, answer);
  };
  return run({ open, ask, soon: byMessages(), options });
}

/** Runs tasks by messages: pages hold timers up to 4 ms. */
function byMessages() {
  const { port1, port2 } = new MessageChannel();
  let next;
  port1.onmessage = () => next();
  return (task) => {
    next = task;
    port2.postMessage(0);
  };
}
