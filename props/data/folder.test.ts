// Folders of pictures: what is found, in which order and under which class, and what decoding makes of the kinds of
// files that people have. Every test writes its own folder and removes it.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import * as E from 'fp-ts/lib/Either.js'
import sharp from 'sharp'
import { type DataError, type PictureSet, showDataError } from '../../dino/data/picture-set.ts'
import { type FolderOptions, openFolder } from '../../dino/node/folder.ts'
import type { Picture } from '../../dino/views/picture.ts'
import { withFolder } from '../support/test-folder.ts'

const opened = async (folder: string, options?: Partial<FolderOptions>): Promise<PictureSet> => {
  const set = await openFolder(folder, options)()
  if (E.isLeft(set)) assert.fail(showDataError(set.left))
  return set.right
}

const refused = async (folder: string): Promise<DataError> => {
  const set = await openFolder(folder)()
  return E.isLeft(set) ? set.left : assert.fail(`opened ${set.right.names.length} pictures`)
}

const read = async (set: PictureSet, index: number): Promise<Picture> => {
  const picture = await set.read(index)()
  return E.isRight(picture) ? picture.right : assert.fail(showDataError(picture.left))
}

const broken = async (set: PictureSet, index: number): Promise<DataError> => {
  const picture = await set.read(index)()
  return E.isLeft(picture) ? picture.left : assert.fail('was read')
}

/** Pixels in the order [row, column, channel] as an image for sharp to encode. */
const pixels = (width: number, height: number, values: readonly number[]) => {
  const channels = values.length / (width * height)
  assert.ok(channels === 1 || channels === 2 || channels === 3 || channels === 4)
  return sharp(Uint8Array.from(values), { raw: { width, height, channels } })
}

const plain = (width: number, height: number, colour: readonly number[]) =>
  pixels(width, height, Array.from({ length: width * height }, () => colour).flat())

const png = await plain(3, 2, [10, 20, 30]).png().toBuffer()
const jpeg = await plain(8, 8, [200, 100, 50]).jpeg({ quality: 100 }).toBuffer()
const webp = await plain(4, 4, [0, 0, 255]).webp({ lossless: true }).toBuffer()

/** The bytes of a picture's planes. */
const bytesOf = ({ data }: Picture): readonly number[] => Array.from(data, value => Math.round(255 * value))

test('sub-folders are classes, in the order of their names; a stray picture has no class', async () => {
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

test('without sub-folders there are no labels; other files and hidden ones are passed over', async () => {
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

test('sub-folders without any picture make no classes', () =>
  withFolder({ 'a.png': png, 'notes/b.txt': 'no' }, async folder => {
    const set = await opened(folder)
    assert.deepEqual([set.names, set.labels, set.classes], [['a.png'], undefined, []])
  }))

test('links are followed, but not in circles', () =>
  withFolder({ 'real/a.png': png }, async folder => {
    await symlink(join(folder, 'real'), join(folder, 'alias'))
    await symlink(folder, join(folder, 'real', 'circle'))
    const set = await opened(folder)
    assert.deepEqual(set.names, ['alias/a.png', 'real/a.png'])
  }))

test('PNG, JPEG and WebP become planes of red, green and blue', () =>
  withFolder({ 'a.png': png, 'b.jpg': jpeg, 'c.webp': webp }, async folder => {
    const set = await opened(folder)
    const [first, second, third] = await Promise.all([0, 1, 2].map(index => read(set, index)))
    assert.deepEqual([first.rows, first.columns], [2, 3])
    assert.deepEqual(
      bytesOf(first),
      [10, 20, 30].flatMap(value => Array(6).fill(value)),
    )
    assert.deepEqual([second.rows, second.columns, second.data.length], [8, 8, 192])
    ;[200, 100, 50].forEach((value, colour) => assert.ok(Math.abs(bytesOf(second)[64 * colour] - value) <= 2))
    assert.deepEqual(
      bytesOf(third),
      [0, 0, 255].flatMap(value => Array(16).fill(value)),
    )
  }))

test('rows and columns keep their places', async () => {
  const values = Array.from({ length: 18 }, (_, at) => 10 * at)
  await withFolder({ 'a.png': await pixels(3, 2, values).png().toBuffer() }, async folder => {
    const planes = [0, 1, 2].flatMap(colour => values.filter((_, at) => at % 3 === colour))
    assert.deepEqual(bytesOf(await read(await opened(folder), 0)), planes)
  })
})

test('grey, 16-bit and transparent files become 8-bit colours, what is transparent on white', async () => {
  const grey16 = sharp(Uint16Array.from([0, 100 * 257, 255 * 257, 257]), { raw: { width: 2, height: 2, channels: 1 } })
  const files = {
    'a-grey.png': await pixels(2, 1, [0, 128]).toColourspace('b-w').png().toBuffer(),
    'b-grey16.png': await grey16.toColourspace('grey16').png().toBuffer(),
    'c-alpha.png': await pixels(2, 1, [9, 8, 7, 255, 200, 0, 0, 0]).png().toBuffer(),
  }
  await withFolder(files, async folder => {
    const set = await opened(folder)
    assert.deepEqual(bytesOf(await read(set, 0)), [0, 128, 0, 128, 0, 128])
    assert.deepEqual(
      bytesOf(await read(set, 1)),
      [0, 1, 2].flatMap(() => [0, 100, 255, 1]),
    )
    assert.deepEqual(bytesOf(await read(set, 2)), [9, 255, 8, 255, 7, 255])
  })
})

test("a camera's orientation is applied", async () => {
  const upright = pixels(
    16,
    8,
    Array.from({ length: 128 }, (_, at) => (at % 16 < 8 ? [255, 0, 0] : [0, 0, 255])).flat(),
  )
  const turned = await upright.withMetadata({ orientation: 6 }).jpeg({ quality: 100 }).toBuffer()
  await withFolder({ 'a.jpg': turned }, async folder => {
    const picture = await read(await opened(folder), 0)
    assert.deepEqual([picture.rows, picture.columns], [16, 8])
    const [red, blue] = [picture.data, picture.data.subarray(256)]
    assert.ok(red[8] > 0.9 && blue[8] < 0.1, 'the left half is now above')
    assert.ok(red[127] < 0.1 && blue[127] > 0.9, 'the right half is now below')
  })
})

test('large pictures are reduced to the shorter side that was asked for, small ones are not enlarged', async () => {
  const files = { 'a.jpg': await plain(60, 40, [0, 255, 0]).jpeg().toBuffer(), 'b.png': png }
  await withFolder(files, async folder => {
    const set = await opened(folder, { shorterSide: 10 })
    const [large, small] = [await read(set, 0), await read(set, 1)]
    assert.deepEqual([large.rows, large.columns], [10, 15])
    assert.deepEqual([small.rows, small.columns], [2, 3])
  })
})

test('broken files name themselves, and the others can still be read', async () => {
  const cut = await pixels(
    64,
    64,
    Array.from({ length: 64 * 64 * 3 }, (_, at) => (at * 37) % 256),
  )
    .jpeg()
    .toBuffer()
  const files = { 'a.jpg': 'no image', 'b.png': '', 'c.jpg': cut.subarray(0, cut.length / 2), 'd.png': png }
  await withFolder(files, async folder => {
    const set = await opened(folder)
    for (const index of [0, 1, 2]) {
      const broken = await set.read(index)()
      assert.ok(E.isLeft(broken) && broken.left.kind === 'broken picture', set.names[index])
      assert.equal(broken.left.path, join(folder, set.names[index]))
      assert.match(showDataError(broken.left), new RegExp(`${set.names[index]} cannot be decoded: .+`))
    }
    assert.equal((await read(set, 3)).rows, 2)
  })
})

test('what is no regular file is named, and never waited for', { timeout: 20000 }, () =>
  withFolder({ 'a.png': png }, async folder => {
    execFileSync('mkfifo', [join(folder, 'b.png')])
    const set = await opened(folder)
    assert.deepEqual(set.names, ['a.png', 'b.png'])
    const pipe = await set.read(1)()
    assert.ok(E.isLeft(pipe))
    assert.equal(showDataError(pipe.left), `${join(folder, 'b.png')} cannot be decoded: it is not a regular file`)
  }),
)

test('a file is what it holds, whatever its name says', () => {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8" fill="red"/></svg>'
  return withFolder({ 'a.png': svg, 'b.png': jpeg, 'c.jpg': 'GIF89a' }, async folder => {
    const set = await opened(folder)
    assert.equal((await read(set, 1)).rows, 8)
    for (const index of [0, 2]) {
      const strange = await set.read(index)()
      assert.ok(E.isLeft(strange))
      assert.match(showDataError(strange.left), /cannot be decoded: it is not PNG, JPEG or WebP by its content$/)
    }
  })
})

test('what a terminal would obey in a name is written out', () =>
  withFolder(
    { 'a\n\u001b[31mred.png': 'no', 'b\u202egnp.png': 'no', 'katzenf\u00fc\u00dfe \ud83d\udc31.png': 'no' },
    async folder => {
      const set = await opened(folder)
      const told = await Promise.all(set.names.map(async (_, index) => showDataError(await broken(set, index))))
      assert.ok(told[0].startsWith(`${folder}/a\\x0a\\x1b[31mred.png cannot`), told[0])
      assert.ok(told[1].startsWith(`${folder}/b\\u202egnp.png cannot`), told[1])
      assert.ok(told[2].startsWith(`${folder}/katzenf\u00fc\u00dfe \ud83d\udc31.png cannot`), told[2])
    },
  ))

test('what was decoded is kept while there is room', () =>
  withFolder({ 'a.png': png, 'b.png': png }, async folder => {
    const roomForOne = await opened(folder, { cacheBytes: 20 })
    const first = await read(roomForOne, 0)
    await read(roomForOne, 1)
    await rm(join(folder, 'a.png'))
    await rm(join(folder, 'b.png'))
    assert.deepEqual(await read(roomForOne, 0), first)
    assert.equal((await roomForOne.read(1)())._tag, 'Left')
  }))

test('no folder, a file and a folder without pictures are errors that say what was expected and what came', () =>
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
  }))

test('a place outside the set is an error', () =>
  withFolder({ 'a.png': png }, async folder => {
    const set = await opened(folder)
    for (const index of [-1, 1, 0.5]) {
      const outside = await set.read(index)()
      assert.ok(E.isLeft(outside) && outside.left.kind === 'no such picture' && outside.left.index === index)
    }
  }))
