// Nearest neighbours as a picture: in each row a query, its nearest pictures of the bank by raw pixels, and its nearest
// by learned features. A neighbour's frame says whether it is of the query's class.

import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import sharp from 'sharp'
import type { PictureSet } from '../data/picture-set.ts'
import type { CentreViews, LabelledFeatures } from '../evaluate/features.ts'
import type { Both } from '../evaluate/judge.ts'
import { nearest } from '../evaluate/neighbours.ts'
import { recordError } from '../node/record.ts'
import type { RecordError } from '../run/failure.ts'
import { colours, toBytes } from '../views/picture.ts'
import { type Cell, type Colour, contactSheet } from '../views/sheet.ts'

const queriesShown = 10
const neighboursShown = 6

const frames = { query: [0.6, 0.6, 0.6], same: [0.2, 0.65, 0.3], other: [0.85, 0.3, 0.25] } as const satisfies Readonly<
  Record<string, Colour>
>

/** The things to draw: the sets, which of their pictures were read, and the features that neighbours are found by. */
export interface Neighbourhood {
  readonly sets: Both<PictureSet>
  readonly views: Both<CentreViews>
  readonly features: Both<LabelledFeatures>
}

const cellOf = async (set: PictureSet, place: number, frame: Colour): Promise<Cell> => {
  const picture = await set.read(place)()
  return E.isLeft(picture) ? undefined : { picture: picture.right, frame }
}

/** The first queries of different classes, as far as there are. */
const chosenQueries = (labels: readonly number[]): readonly number[] => {
  const firsts = [...new Set(labels)].map(label => labels.indexOf(label))
  return [...new Set([...firsts, ...labels.keys()])].slice(0, queriesShown)
}

const rowOf = async ({ sets, views, features }: Neighbourhood, query: number): Promise<readonly Cell[]> => {
  const nearestBy = (by: Both<LabelledFeatures>): Promise<Cell[]> => {
    const { dimensions, data } = by.queries
    const one = { count: 1, dimensions, data: data.subarray(query * dimensions, (query + 1) * dimensions) }
    const [{ places }] = nearest(neighboursShown, by.bank, one)
    const label = views.queries.labels[query]
    return Promise.all(
      Array.from(places, place =>
        cellOf(sets.bank, views.bank.places[place], frames[views.bank.labels[place] === label ? 'same' : 'other']),
      ),
    )
  }
  const own = await cellOf(sets.queries, views.queries.places[query], frames.query)
  return [own, undefined, ...(await nearestBy(views)), undefined, ...(await nearestBy(features))]
}

/** Draws the neighbours of some queries into a PNG file, whose folder is made if there is none. */
export const writeNeighbours = (path: string, neighbourhood: Neighbourhood): TE.TaskEither<RecordError, void> =>
  TE.tryCatch(
    async () => {
      const queries = chosenQueries(neighbourhood.views.queries.labels)
      const sheet = contactSheet(await Promise.all(queries.map(query => rowOf(neighbourhood, query))))
      const raw = { width: sheet.columns, height: sheet.rows, channels: colours } as const
      const png = await sharp(toBytes(sheet), { raw }).png().toBuffer()
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, png)
    },
    recordError(path, 'a PNG file to write'),
  )
