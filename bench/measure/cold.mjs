import { Answer } from './answer.mjs';

/** From the import of the library to the arrival of its first request at the server, in ms. */
export async function run({ open, ask, options: { model } }) {
  const id = `${process.pid}-${process.hrtime.bigint()}`;
  const answer = new Answer();
  // Monotonic, and the same for all processes of a machine.
  const start = process.hrtime.bigint();
  const read = await open();
  await read({ model: `${model}.id-${id}` }, answer);
  answer.check(await ask(`facts/${model}`));
  return { cold: Number(BigInt(await ask(`arrival/${id}`)) - start) / 1e6 };
}
