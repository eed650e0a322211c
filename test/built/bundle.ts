import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));

/**
 * A program over the built package, as a browser or worker gets it; imports are taken from this folder.
 *
 * @param conditions Those that the bundlers of a runtime add. Default: those of browsers.
 */
export async function bundle(
  contents: string,
  format: 'iife' | 'esm' = 'iife',
  conditions?: string[],
): Promise<string> {
  const { outputFiles, warnings } = await build({
    stdin: { contents, resolveDir: here },
    bundle: true,
    format,
    platform: 'browser',
    target: 'es2022',
    ...(conditions !== undefined && { conditions }),
    // The paths of tsconfig.json lead to the sources; what is bundled here is the build.
    tsconfigRaw: {},
    write: false,
    logLevel: 'silent',
    // The chunks of the build import each other for their order alone; esbuild warns about it outside node_modules.
    logOverride: { 'ignored-bare-import': 'silent' },
  });
  if (warnings.length > 0) throw new Error(`esbuild warns: ${warnings.map(({ text }) => text).join('; ')}`);
  return outputFiles[0]?.text ?? '';
}
