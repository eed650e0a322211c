import { forgetMatrix, lastMatrix, matrixTable } from '../../scripts/matrix.mjs';

/** The matrix comes last, behind what the tests say. */
export default function setup(): () => void {
  forgetMatrix();
  return () => {
    const rows = lastMatrix();
    if (rows !== undefined) process.stdout.write(`\n${matrixTable(rows, { seconds: true })}\n`);
  };
}
