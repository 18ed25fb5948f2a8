// Folders of pictures: what is found, in which order and under which class, and what cannot be opened. Every test
// writes its own folder and removes it.

import assert from 'node:assert/strict'
import { rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { showDataError } from '../../dino/data/picture-set.ts'
import { example } from '../support/example.ts'
import { jpeg, opened, png, read, refused, webp } from '../support/picture-files.ts'
import { withFolder } from '../support/test-folder.ts'

example('sub-folders are classes, in the order of their names; a stray picture has no class', async () => {
  const files = {
    'dog/b.png': png,
    'dog/deep/er/a.webp': webp,
    'cat/z.JPG': jpeg,
    'stray.png': png,
    'eel/notes.txt': 'no',
  }
  await withFolder(files, async folder => {
    const set = await opened(folder, { labelled: true })
    assert.deepEqual(set.classes, ['cat', 'dog', 'eel'])
    assert.deepEqual(set.names, ['cat/z.JPG', 'dog/b.png', 'dog/deep/er/a.webp'])
    assert.deepEqual(set.labels, [0, 1, 1])
    const all = await opened(folder)
    assert.deepEqual(all.names, ['cat/z.JPG', 'dog/b.png', 'dog/deep/er/a.webp', 'stray.png'])
    assert.deepEqual([all.labels, all.classes], [undefined, []])
  })
})

example('without sub-folders there are no labels; other files and hidden ones are passed over', async () => {
  const files = {
    'b.jpeg': jpeg,
    'a.PNG': png,
    'c.WebP': webp,
    'd.jpg': jpeg,
    'e.txt': 'no',
    '.f.png': png,
    '.g/h.png': png,
  }
  await withFolder(files, async folder => {
    const set = await opened(folder)
    assert.deepEqual(set.names, ['a.PNG', 'b.jpeg', 'c.WebP', 'd.jpg'])
    assert.equal(set.labels, undefined)
    assert.deepEqual(set.classes, [])
  })
})

example('sub-folders without any picture make no classes', () =>
  withFolder({ 'a.png': png, 'notes/b.txt': 'no' }, async folder => {
    const set = await opened(folder)
    assert.deepEqual([set.names, set.labels, set.classes], [['a.png'], undefined, []])
  }),
)

example('links are followed, but not in circles', () =>
  withFolder({ 'real/a.png': png }, async folder => {
    await symlink(join(folder, 'real'), join(folder, 'alias'))
    await symlink(folder, join(folder, 'real', 'circle'))
    const set = await opened(folder)
    assert.deepEqual(set.names, ['alias/a.png', 'real/a.png'])
  }),
)

example('what was decoded is kept while there is room', () =>
  withFolder({ 'a.png': png, 'b.png': png }, async folder => {
    const roomForOne = await opened(folder, { cacheBytes: 20 })
    const first = await read(roomForOne, 0)
    await read(roomForOne, 1)
    await rm(join(folder, 'a.png'))
    await rm(join(folder, 'b.png'))
    assert.deepEqual(await read(roomForOne, 0), first)
    assert.equal((await roomForOne.read(1)())._tag, 'Left')
  }),
)

example('no folder, a file and a folder without pictures are errors that say what was expected and what came', () =>
  withFolder({ 'a.png': png, 'empty/b.txt': 'no' }, async folder => {
    const [missing, file, empty] = ['nowhere', 'a.png', 'empty'].map(name => join(folder, name))
    assert.deepEqual(await refused(missing), { kind: 'missing folder', path: missing })
    assert.deepEqual(await refused(file), { kind: 'not a folder', path: file })
    const none = await refused(empty)
    assert.deepEqual(none, { kind: 'no pictures', path: empty, expected: 'PNG, JPEG or WebP', others: 1 })
    assert.match(
      showDataError(none),
      /expected pictures \(PNG, JPEG or WebP\) in .*empty, came none; other files there: 1/,
    )
  }),
)

example('a place outside the set is an error', () =>
  withFolder({ 'a.png': png }, async folder => {
    const set = await opened(folder)
    for (const index of [-1, 1, 0.5]) {
      const outside = await set.read(index)()
      assert.ok(E.isLeft(outside) && outside.left.kind === 'no such picture' && outside.left.index === index)
    }
  }),
)
