// The page's scripts, made by esbuild, which is there for the package too: it bundles TypeScript as it stands, loads a
// suite only when it is asked for (`splitting`), and takes a second. What the tests import of Node has a stand-in.

import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

const pathOf = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url))

const standIns = {
  'node:test': pathOf('stand-ins/node-test.ts'),
  'node:assert/strict': pathOf('stand-ins/node-assert.ts'),
}

/** Golden files are read from the server. */
const goldenFiles: Plugin = {
  name: 'golden files',
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/golden-file\.ts$/ }, () => ({ path: pathOf('stand-ins/golden-file.ts') })),
}

/** Files that are made of the page's sources, by their paths on the server. */
export const bundle = async (): Promise<ReadonlyMap<string, string>> => {
  const { outputFiles } = await build({
    entryPoints: [pathOf('page.ts'), pathOf('worker.ts')],
    bundle: true,
    splitting: true,
    write: false,
    outdir: '/',
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    alias: standIns,
    plugins: [goldenFiles],
    external: ['fs', 'path', 'crypto'],
    define: { 'process.env': 'globalThis.environment' },
    logLevel: 'error',
  })
  return new Map(outputFiles.map(({ path, text }) => [path, text]))
}
