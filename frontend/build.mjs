/** Bundles every page: `node build.mjs OUTDIR`. One entry a page, code shared in chunks, names with a hash, a manifest of them.
 *
 *  src/entries/NAME.tsx → scripts.NAME, css/entries/NAME.css → styles.NAME. */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const outdir = process.argv[2];
if (!outdir) throw new Error('usage: node build.mjs OUTDIR');

const names = (folder, ending) =>
  readdirSync(join(here, folder))
    .filter((file) => file.endsWith(ending))
    .map((file) => `${folder}/${file}`)
    .sort();

const entryPoints = [...names('src/entries', '.tsx'), ...names('css/entries', '.css')];

/** A language is one object. As JSON, esbuild would give each of its keys an export of its own as well: two thirds more on the line. */
const languages = {
  name: 'languages',
  setup: ({ onLoad }) => onLoad({ filter: /[\\/]i18n[\\/][\w-]+\.json$/ }, ({ path }) => ({
    contents: `export default ${JSON.stringify(JSON.parse(readFileSync(path, 'utf8')))};`, loader: 'js',
  })),
};

const { metafile } = await build({
  absWorkingDir: here,
  entryPoints,
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  target: ['es2022', 'chrome123', 'firefox121', 'safari17.5'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  loader: { '.woff2': 'file', '.svg': 'file', '.png': 'file' },
  entryNames: '[name]-[hash]',
  chunkNames: 'part-[hash]',
  assetNames: '[name]-[hash]',
  minify: true,
  charset: 'utf8',
  plugins: [languages],
  sourcemap: false,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
});

/** Everything a script imports before it runs, so that a page can ask for it at once. */
function imported(path, seen = new Set()) {
  for (const edge of metafile.outputs[path].imports) {
    if (edge.kind === 'import-statement' && !edge.external && !seen.has(edge.path)) imported(edge.path, seen.add(edge.path));
  }
  return [...seen];
}

const manifest = { scripts: {}, styles: {} };
for (const [path, output] of Object.entries(metafile.outputs)) {
  if (!output.entryPoint?.includes('/entries/')) continue;
  const name = basename(output.entryPoint, extname(output.entryPoint));
  if (path.endsWith('.css')) manifest.styles[name] = basename(path);
  else
    manifest.scripts[name] = {
      file: basename(path),
      imports: imported(path).map((part) => basename(part)),
      bytes: output.bytes,
    };
}

mkdirSync(outdir, { recursive: true });
writeFileSync(join(outdir, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
