// One step of training on WebGPU in Node: the package `webgpu` over the software Vulkan driver that comes with
// chromium. The driver is named in the environment of a process of its own, for it is read when the package loads.
// Without the driver the test says so and is skipped.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { executors } from '../../lib/index.ts'
import { example } from '../support/example.ts'
import { expectRight } from '../support/results.ts'
import { compareOutcomes, type Outcome, takeStep } from '../support/training-step.ts'
import { projectFolder } from '../support/type-checker.ts'

const driver = process.env.VK_ICD_FILENAMES ?? '/usr/lib/chromium/vk_swiftshader_icd.json'

const script = `
  import { withExecutor } from './lib/index.ts'
  import { takeStep } from './props/support/training-step.ts'
  const found = await withExecutor('gpu:webgpu')(takeStep)()
  console.log(JSON.stringify(found))
`

/** The driver's folder may hold the Vulkan loader, too. */
const environment = {
  ...process.env,
  VK_ICD_FILENAMES: driver,
  LD_LIBRARY_PATH: [process.env.LD_LIBRARY_PATH, dirname(driver)].filter(path => path !== undefined).join(':'),
  XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? tmpdir(),
}

interface Found {
  readonly right?: Outcome
  readonly left?: unknown
}

example('one step of training on WebGPU in Node', async context => {
  if (!existsSync(driver)) return context.skip(`no Vulkan driver at ${driver}: install chromium and libvulkan1`)
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', script],
    { cwd: projectFolder, env: environment, maxBuffer: 2 ** 24, timeout: 120_000 },
  )
  const { right, left } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as Found
  assert.ok(right !== undefined, JSON.stringify(left))
  compareOutcomes(await expectRight(takeStep(executors.reference)), right)
})
