// The project's own source as data, for the rules that no linter has: its files, what each imports, and its
// declarations. Lines are enough to go by, for every file is formatted in one way.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/** A file of the project. */
export interface SourceFile {
  /** Its path in the repository, such as `lib/language/axes.ts`. */
  readonly path: string
  readonly lines: readonly string[]
  /** Paths of the project's files that it imports, types included. */
  readonly imports: readonly string[]
}

/** A declaration at the top level of a file, from its first line to its last. */
export interface Declaration {
  readonly path: string
  readonly name: string
  readonly lines: readonly string[]
  readonly exported: boolean
  readonly documented: boolean
}

const specifier = /(?:from|import\()\s*'(\.{1,2}\/[^']+)'/g

const importsOf = (path: string, text: string): readonly string[] => [
  ...new Set([...text.matchAll(specifier)].map(([, to]) => normalize(join(dirname(path), to)))),
]

const read = (path: string): SourceFile => {
  const text = readFileSync(path, 'utf8')
  return { path, lines: text.split('\n'), imports: importsOf(path, text) }
}

/** The files of the project that git knows and whose names end in one of `endings`, in order. */
export const sourceFiles = (folder: string, ...endings: readonly string[]): readonly SourceFile[] => {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: folder })
  return [...new Set(String(listed).split('\n'))]
    .filter(path => endings.some(ending => path.endsWith(ending)))
    .sort()
    .flatMap(path => {
      try {
        return [read(path)]
      } catch {
        return []
      }
    })
}

const declared = /^(export )?(?:async )?(?:const|function|interface|type) (\w+)/

/** What stands at the top level of a file: a line that begins a declaration, and all that is indented or closes it. */
export const declarationsOf = ({ path, lines }: SourceFile): readonly Declaration[] =>
  lines.flatMap((line, at): readonly Declaration[] => {
    const found = declared.exec(line)
    if (found === null) return []
    const rest = lines.slice(at + 1)
    const end = rest.findIndex(next => next === '' || /^(?:export|const|function|interface|type|\/)/.test(next))
    const body = continued(lines, at, end < 0 ? rest.length : end)
    const documented = /\*\/$/.test(lines[at - 1] ?? '')
    return [{ path, name: found[2], lines: body, exported: found[1] !== undefined, documented }]
  })

/** An empty line inside a declaration is followed by an indented one. */
const continued = (lines: readonly string[], from: number, length: number): readonly string[] => {
  let end = from + 1 + length
  while (lines[end] === '' && /^\s/.test(lines[end + 1] ?? '')) {
    const next = lines.slice(end + 1).indexOf('')
    end = next < 0 ? lines.length : end + 1 + next
  }
  return lines.slice(from, end)
}
