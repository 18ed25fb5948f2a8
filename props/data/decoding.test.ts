// What decoding makes of the kinds of files that people have: planes of red, green and blue, or a word about what is
// wrong with the file.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import sharp from 'sharp'
import { showDataError } from '../../dino/data/picture-set.ts'
import type { Picture } from '../../dino/views/picture.ts'
import { example } from '../support/example.ts'
import { broken, jpeg, opened, pixels, plain, png, read, webp } from '../support/picture-files.ts'
import { withFolder } from '../support/test-folder.ts'

/** The bytes of a picture's planes. */
const bytesOf = ({ data }: Picture): readonly number[] => Array.from(data, value => Math.round(255 * value))

example('PNG, JPEG and WebP become planes of red, green and blue', () =>
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
  }),
)

example('rows and columns keep their places', async () => {
  const values = Array.from({ length: 18 }, (_, at) => 10 * at)
  await withFolder({ 'a.png': await pixels(3, 2, values).png().toBuffer() }, async folder => {
    const planes = [0, 1, 2].flatMap(colour => values.filter((_, at) => at % 3 === colour))
    assert.deepEqual(bytesOf(await read(await opened(folder), 0)), planes)
  })
})

example('grey, 16-bit and transparent files become 8-bit colours, what is transparent on white', async () => {
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

example("a camera's orientation is applied", async () => {
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

example('large pictures are reduced to the shorter side that was asked for, small ones are not enlarged', async () => {
  const files = { 'a.jpg': await plain(60, 40, [0, 255, 0]).jpeg().toBuffer(), 'b.png': png }
  await withFolder(files, async folder => {
    const set = await opened(folder, { shorterSide: 10 })
    const [large, small] = [await read(set, 0), await read(set, 1)]
    assert.deepEqual([large.rows, large.columns], [10, 15])
    assert.deepEqual([small.rows, small.columns], [2, 3])
  })
})

example('broken files name themselves, and the others can still be read', async () => {
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

example('what is no regular file is named, and never waited for', { timeout: 20000 }, () =>
  withFolder({ 'a.png': png }, async folder => {
    execFileSync('mkfifo', [join(folder, 'b.png')])
    const set = await opened(folder)
    assert.deepEqual(set.names, ['a.png', 'b.png'])
    const pipe = await set.read(1)()
    assert.ok(E.isLeft(pipe))
    assert.equal(showDataError(pipe.left), `${join(folder, 'b.png')} cannot be decoded: it is not a regular file`)
  }),
)

example('a file is what it holds, whatever its name says', () => {
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

example('what a terminal would obey in a name is written out', () =>
  withFolder(
    { 'a\n\u001b[31mred.png': 'no', 'b\u202egnp.png': 'no', 'katzenf\u00fc\u00dfe \ud83d\udc31.png': 'no' },
    async folder => {
      const set = await opened(folder)
      const told = await Promise.all(set.names.map(async (_, index) => showDataError(await broken(set, index))))
      assert.ok(told[0].startsWith(`${folder}/a\\x0a\\x1b[31mred.png cannot`), told[0])
      assert.ok(told[1].startsWith(`${folder}/b\\u202egnp.png cannot`), told[1])
      assert.ok(told[2].startsWith(`${folder}/katzenf\u00fc\u00dfe \ud83d\udc31.png cannot`), told[2])
    },
  ),
)
