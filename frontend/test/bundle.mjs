/** Loads sources as one bundle, so that modules with state are the same everywhere: `await bundle({ apply: 'src/store/apply.ts' })`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

export const root = fileURLToPath(new URL('..', import.meta.url));

export async function bundle(modules) {
  const folder = await mkdtemp(join(tmpdir(), 'acordo-'));
  const file = join(folder, 'bundle.mjs');
  const contents = Object.entries(modules).map(([name, path]) => `export * as ${name} from './${path}';`).join('\n');
  await build({
    stdin: { contents, resolveDir: root, loader: 'ts' }, bundle: true, format: 'esm', platform: 'node', outfile: file,
    jsx: 'automatic', jsxImportSource: 'preact', logLevel: 'warning',
  });
  try {
    return await import(pathToFileURL(file).href);
  } finally {
    await rm(folder, { recursive: true });
  }
}
