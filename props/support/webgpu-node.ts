// WebGPU in Node over the software Vulkan driver that comes with chromium. The driver is named in the environment of a
// process of its own, for it is read when the package `webgpu` loads.

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { projectFolder } from './type-checker.ts'

const driver = process.env.VK_ICD_FILENAMES ?? '/usr/lib/chromium/vk_swiftshader_icd.json'

/** Why WebGPU cannot be tried in Node, if it cannot. */
export const noDriver = existsSync(driver)
  ? undefined
  : `no Vulkan driver at ${driver}: install chromium and libvulkan1`

/** The driver's folder may hold the Vulkan loader, too. */
const environment = {
  ...process.env,
  VK_ICD_FILENAMES: driver,
  LD_LIBRARY_PATH: [process.env.LD_LIBRARY_PATH, dirname(driver)].filter(path => path !== undefined).join(':'),
  XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? tmpdir(),
}

/** What a program in the project's folder prints last, as JSON. */
export const withDriver = async <A>(script: string): Promise<A> => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', script],
    { cwd: projectFolder, env: environment, maxBuffer: 2 ** 24, timeout: 240_000 },
  )
  return JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as A
}

/** Runs files of tests on WebGPU; fails with what they said where one does not pass. */
export const testsOnWebGpu = async (files: readonly string[], runs = 1): Promise<void> => {
  const env = { ...environment, EXECUTORS: 'gpu:webgpu', LAW_RUNS: `${runs}`, NODE_TEST_CONTEXT: undefined }
  const words = ['--import', 'tsx', '--test', '--test-concurrency=1', ...files]
  const { stdout } = await promisify(execFile)(process.execPath, words, {
    cwd: projectFolder,
    env,
    maxBuffer: 2 ** 24,
    timeout: 240_000,
  }).catch((failed: { readonly stdout: string }) => failed)
  if (!/^# pass [1-9]/m.test(stdout) || !/^# fail 0$/m.test(stdout) || !/^# skipped 0$/m.test(stdout))
    throw new Error(stdout)
}
