// What a page imports: the language, and DINO but for files, threads and the command line. Bundled for a browser, none of it may
// reach a module of Node, or a package that only Node has.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { build } from 'esbuild'
import { projectFolder } from '../support/type-checker.ts'

/** Modules of Node that wabt asks for where it finds itself in Node; its package says that a bundler should leave them out. */
const askedByWabt = ['fs', 'path', 'crypto']

/** The files that a bundle of one entry holds, and what they import from outside of it. */
const bundled = async (entry: string) => {
  const { metafile } = await build({
    entryPoints: [join(projectFolder, entry)],
    absWorkingDir: projectFolder,
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    external: askedByWabt,
    logLevel: 'silent',
  })
  return Object.entries(metafile.inputs).map(([path, { imports }]) => ({
    path,
    imports: imports.map(({ path }) => path),
  }))
}

for (const entry of ['lib/index.ts', 'dino/index.ts'])
  test(`${entry} can be bundled for a browser`, async () => {
    const files = await bundled(entry)
    const own = files.filter(({ path }) => !path.startsWith('node_modules/'))
    assert.ok(own.length > 50, `${own.length} files`)
    for (const { path, imports } of files) {
      const ofNode = imports.filter(name => name.startsWith('node:'))
      assert.deepEqual(ofNode, [], `${path} imports ${ofNode.join(', ')}`)
    }
    const nodeOnly = files.filter(({ path }) =>
      /^(dino\/(node|command)|node_modules\/(sharp|commander|cli-progress))\//.test(path),
    )
    assert.deepEqual(nodeOnly, [])
  })
