// JSON that is read strictly: a name that stands twice in one record is refused. JSON.parse keeps the last of such
// values and says nothing, so that two readers of one file could see different things.
//
//   {"bias": 1, "bias": 2}     is refused: "bias" stands twice

import * as E from 'fp-ts/lib/Either.js'

/** Texts and marks; whatever is between them is numbers, words and space. */
const tokens = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g

/** The first name that stands twice in one record of valid JSON. */
const doubledName = (json: string): string | undefined => {
  const open: (Set<string> | undefined)[] = []
  let text = ''
  for (const [token] of json.matchAll(tokens)) {
    if (token === '{') open.push(new Set())
    else if (token === '[') open.push(undefined)
    else if (token === '}' || token === ']') open.pop()
    else if (token !== ':') text = token
    else {
      const name = JSON.parse(text) as string
      const names = open[open.length - 1]
      if (names?.has(name)) return name
      names?.add(name)
    }
  }
  return undefined
}

/** A record of values by name. */
export type JsonRecord = Readonly<Record<string, unknown>>

/** Whether a value of JSON is a record. */
export const isJsonRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether a value is a record of texts. */
export const isTextRecord = (value: unknown): value is Readonly<Record<string, string>> =>
  isJsonRecord(value) && Object.values(value).every(text => typeof text === 'string')

/** A record from its text, in which no name stands twice; else the reason why it is none. */
export const parseRecord = (text: string): E.Either<string, JsonRecord> => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return E.left('not a JSON object')
  }
  if (!isJsonRecord(value)) return E.left('not a JSON object')
  const doubled = doubledName(text)
  return doubled === undefined ? E.right(value) : E.left(`no record of one value a name: "${doubled}" stands twice`)
}
