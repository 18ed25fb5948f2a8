// What the TypeScript compiler says of one file, for tests of types: the compiler that the project is checked with,
// under the project's own settings.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the project. */
export const projectFolder = fileURLToPath(new URL('../../', import.meta.url))

const diagnose = (file: string, folder: string): string => {
  const project = join(folder, 'tsconfig.json')
  const typeRoots = [join(projectFolder, 'node_modules/@types')]
  const compilerOptions = { typeRoots, rewriteRelativeImportExtensions: false }
  const settings = { extends: join(projectFolder, 'tsconfig.json'), compilerOptions, include: [file] }
  writeFileSync(project, JSON.stringify(settings))
  const compiler = join(projectFolder, 'node_modules/typescript/bin/tsc')
  try {
    return execFileSync(process.execPath, [compiler, '-p', project], { encoding: 'utf8' })
  } catch (failed) {
    return String((failed as { readonly stdout?: string }).stdout)
  }
}

const inFolder = <T>(use: (folder: string) => T): T => {
  const folder = mkdtempSync(join(tmpdir(), 'types-'))
  try {
    return use(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The faults that concern a file; what explains a fault is indented below it. */
const about = (name: string, said: string): readonly string[] =>
  said.split(/\n(?=\S)/).filter(fault => fault.includes(name))

/** What the compiler finds wrong with a file of the project. */
export const faultsOfFile = (file: string): readonly string[] =>
  about(
    file.slice(file.lastIndexOf('/') + 1),
    inFolder(folder => diagnose(file, folder)),
  )

/** What it finds wrong with the files of a folder whose names begin with `example`. */
export const faultsOfFolder = (folder: string): readonly string[] =>
  about(
    'example',
    inFolder(own => diagnose(join(folder, '*.ts'), own)),
  )

/** What it finds wrong with a program, given as text. */
export const faultsOfProgram = (text: string): readonly string[] =>
  inFolder(folder => {
    const file = join(folder, 'program.mts')
    writeFileSync(file, text)
    return about('program.mts', diagnose(file, folder))
  })
