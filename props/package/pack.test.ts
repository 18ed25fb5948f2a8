// The package as a user gets it: packed, installed into an empty project, imported in plain Node, type-checked against,
// and its command run. Whoever asks for no GPU gets neither gpu.js nor the 132 MB of `webgpu`, and nothing needs tsx.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { promisify } from 'node:util'
import { example } from '../support/example.ts'
import { projectFolder } from '../support/type-checker.ts'

const execute = promisify(execFile)

/** The registry cannot be reached, and npm has not kept what the package needs. */
const offline = /ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ENETUNREACH|ENOTCACHED/

const project = await mkdtemp(join(tmpdir(), 'functional-dino-'))
let unreachable: string | undefined

const at = (...names: readonly string[]): string => join(project, ...names)

/** What a program prints that runs in the project. */
const printed = async (file: string, ...words: readonly string[]): Promise<string> => {
  const { stdout } = await execute(file, words, { cwd: project, env: { ...process.env, NODE_OPTIONS: '' } })
  return stdout
}

/** A program as it runs; as TypeScript it says what it takes. */
const programWith = (types: { readonly names: string; readonly given: string }): string => `
import { array, dense, run, scope, showRunError, sum, withExecutor${types.names} } from 'functional-dino'
import { cosine } from 'functional-dino/dino'

const total = (given${types.given}) => ({ y: sum('token')(given.x) })
const x = dense({ batch: 1, token: 3 }, Float32Array.of(1, 2, 3))
const result = await withExecutor('auto')(run(scope('total')(total))({ x }))()
console.log(result._tag === 'Right' ? result.right.y.data[0] : showRunError(result.left))
console.log(cosine({ base: 1, final: 0, steps: 10 })(0))
export const constant = array({ token: 2 }, [1, 2])
`

const program = programWith({
  names: ', type Tensor',
  given: ": { readonly x: Tensor<'batch' | 'token'> }",
})

before(async () => {
  const { stdout } = await execute('npm', ['pack', '--silent', '--pack-destination', project], { cwd: projectFolder })
  await writeFile(at('package.json'), JSON.stringify({ type: 'module', private: true }))
  const install = ['install', '--no-audit', '--no-fund', '--prefer-offline', `./${stdout.trim().split('\n').at(-1)}`]
  try {
    await execute('npm', install, { cwd: project })
  } catch (failed) {
    if (!offline.test(String((failed as { readonly stderr?: string }).stderr))) throw failed
    unreachable = 'the npm registry cannot be reached'
  }
})

after(() => rm(project, { recursive: true, force: true }))

example('nothing is installed that was not asked for', context => {
  if (unreachable !== undefined) return context.skip(unreachable)
  const packages = ['tsx', 'webgpu', 'gl', 'gpu.js', 'fast-check', 'typescript']
  assert.deepEqual(
    packages.filter(name => existsSync(at('node_modules', name))),
    [],
  )
})

example('a program in plain Node gives what it gives here', async context => {
  if (unreachable !== undefined) return context.skip(unreachable)
  await writeFile(at('program.mjs'), programWith({ names: '', given: '' }))
  assert.equal(await printed(process.execPath, 'program.mjs'), '6\n1\n')
})

example("a user's program is type-checked against the package, and a wrong axis is refused", async context => {
  if (unreachable !== undefined) return context.skip(unreachable)
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: 'ES2022',
    module: 'NodeNext',
    lib: ['ES2023', 'DOM'],
    types: [],
  }
  const check = async (name: string, text: string): Promise<string> => {
    await mkdir(at(name))
    await writeFile(at(name, 'program.ts'), text)
    await writeFile(at(name, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['program.ts'] }))
    const compiler = join(projectFolder, 'node_modules/typescript/bin/tsc')
    return printed(process.execPath, compiler, '-p', name).catch(failed => String(failed.stdout))
  }
  assert.equal(await check('right', program), '')
  assert.match(await check('wrong', program.replace("sum('token')", "sum('tokens')")), /"tokens"/)
})

example('the command says what works here, and trains', async context => {
  if (unreachable !== undefined) return context.skip(unreachable)
  const dino = at('node_modules', '.bin', 'dino')
  const { version } = JSON.parse(await readFile(join(projectFolder, 'package.json'), 'utf8'))
  assert.equal((await printed(dino, '--version')).trim(), version)
  assert.match(await printed(dino, 'info'), /yes +wasm/)
  await printed(dino, 'train', '--steps', '2', '--images', '64', '--batch', '4', '--threads', '1', '--out', 'run')
  assert.ok(existsSync(at('run', 'metrics.svg')))
})
