import { readAll } from '../measure/many.mjs';
import { openContender } from './open.mjs';

/** The Worker that is measured from outside: `/ping` is answered at once, `/read` when all streams of a job are read. */
export default {
  async fetch(request) {
    if (new URL(request.url).pathname === '/ping') return new Response();
    const { contender, url, ...streams } = await request.json();
    try {
      const check = await readAll(await openContender(contender, url), streams);
      check();
      return new Response();
    } catch (error) {
      return new Response(String(error), { status: 500 });
    }
  },
};
