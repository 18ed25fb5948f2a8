// The examples in doc comments as programs. An example is a `ts` block after `@example`; where a line of it ends in `//
// => value`, what stands before must have that value, numbers to a millionth:
//
//   valuesOf(sum('token')(array({ token: 3 }, [1, 2, 3]))) // => [6]     becomes     same(valuesOf(...), [6])

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sourceFiles } from './source-files.ts'
import { projectFolder } from './type-checker.ts'

/** An example, and where it stands. */
export interface DocExample {
  /** Path and line, such as `lib/language/tensor.ts:120`. */
  readonly place: string
  readonly program: string
}

const block = /\/\*\*(?:(?!\*\/)[\s\S])*\*\//g
const fence = /@example[^`]*```ts\n([\s\S]*?)```/g

const uncommented = (text: string): string => text.replace(/^ *\/?\*+ ?/gm, '')

const expectation = /^(.*\S) \/\/ => (.+)$/

/**
 * The program of an example: the package's names are the project's files, and values are compared with what is
 * expected.
 */
const programOf = (example: string): string => {
  const lines = example.split('\n').map(line => {
    const found = expectation.exec(line)
    if (found === null) return line
    const [, said, value] = found
    const named = /^const (\w+) = /.exec(said)
    return named === null ? `same(${said}, ${value})` : `${said}\nsame(${named[1]}, ${value})`
  })
  const text = lines
    .join('\n')
    .replaceAll("'functional-dino/dino'", `'${join(projectFolder, 'dino/index.ts')}'`)
    .replaceAll("'functional-dino'", `'${join(projectFolder, 'lib/index.ts')}'`)
  const compared = `import { same } from '${join(projectFolder, 'props/support/same-value.ts')}'`
  return `${compared}\n${text}\nexport type Example = typeof same\n`
}

/** The examples of every doc comment in `lib` and `dino`. */
export const docExamples = (): readonly DocExample[] =>
  sourceFiles(projectFolder, '.ts')
    .filter(({ path }) => /^(lib|dino)\//.test(path))
    .flatMap(({ path }) => {
      const text = readFileSync(join(projectFolder, path), 'utf8')
      return [...text.matchAll(block)].flatMap(comment =>
        [...uncommented(comment[0]).matchAll(fence)].map(([, example]) => ({
          place: `${path}:${text.slice(0, comment.index).split('\n').length}`,
          program: programOf(example),
        })),
      )
    })
