// The second forms of the metrics: CSV that has a column for every metric, and TensorBoard's records, read here by a
// reader of their own that checks both checksums of every frame. Where a run goes on, neither has a step twice.

import assert from 'node:assert/strict'
import { appendFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { reopenRecord } from '../../dino/node/open-record.ts'
import { takeRun } from '../../dino/node/process-lock.ts'
import type { StepReport } from '../../dino/run/course.ts'
import { bytesBefore, firstRecord, maskedChecksum, stepRecord } from '../../dino/run/event-records.ts'
import { columnsOf, csvOf, type Metrics } from '../../dino/run/metrics-csv.ts'
import { holds, sameData } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { law } from '../support/law.ts'
import { aboutRun, newRecord } from '../support/records.ts'
import { right } from '../support/results.ts'
import { withFolder } from '../support/test-folder.ts'
import { tinyWith } from '../support/training.ts'

/** CRC-32C bit by bit, as its definition has it. */
const castagnoli = (bytes: Uint8Array): number => {
  let crc = 0xffffffff
  for (const byte of bytes)
    for (let bit = 0; bit < 8; bit += 1) {
      const low = (crc ^ (byte >>> bit)) & 1
      crc = low === 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
    }
  return ~crc >>> 0
}

/** A checksum as TensorFlow masks it (core/lib/hash/crc32c.h), in whole numbers of any size. */
const masked = (bytes: Uint8Array): number => {
  const crc = BigInt(castagnoli(bytes))
  return Number((((crc >> 15n) | (crc << 17n)) + 0xa282ead8n) & 0xffffffffn)
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** The data of each record; a wrong checksum or a cut frame fails the test. */
const recordsOf = (file: Uint8Array): readonly Uint8Array[] => {
  const found: Uint8Array[] = []
  const view = viewOf(file)
  for (let at = 0; at < file.length; ) {
    const length = Number(view.getBigUint64(at, true))
    assert.equal(view.getUint32(at + 8, true), masked(file.subarray(at, at + 8)), 'checksum of the length')
    const data = file.subarray(at + 12, at + 12 + length)
    assert.equal(data.length, length, 'whole data')
    assert.equal(view.getUint32(at + 12 + length, true), masked(data), 'checksum of the data')
    found.push(data)
    at += 16 + length
  }
  return found
}

/** The fields of a protocol buffer, by number. */
const fieldsOf = (data: Uint8Array): readonly (readonly [field: number, value: number | Uint8Array])[] => {
  const found: [number, number | Uint8Array][] = []
  let at = 0
  const varint = (): number => {
    let [value, factor] = [0, 1]
    for (;;) {
      const byte = data[at]
      at += 1
      value += (byte & 127) * factor
      factor *= 128
      if (byte < 128) return value
    }
  }
  const take = (count: number): Uint8Array => {
    at += count
    return data.slice(at - count, at)
  }
  const readers: Readonly<Record<number, () => number | Uint8Array>> = {
    0: varint,
    1: () => viewOf(take(8)).getFloat64(0, true),
    2: () => take(varint()),
    5: () => viewOf(take(4)).getFloat32(0, true),
  }
  while (at < data.length) {
    const tag = varint()
    found.push([tag >> 3, readers[tag & 7]()])
  }
  return found
}

const text = (bytes: unknown): string => new TextDecoder().decode(bytes as Uint8Array)

/** An event (event.proto): wall_time 1, step 2, file_version 3, summary 5 of values 1 of tag 1 and simple_value 2. */
const eventOf = (data: Uint8Array) => {
  const fields = new Map(fieldsOf(data))
  const summary = fields.get(5)
  const scalars =
    summary === undefined
      ? []
      : fieldsOf(summary as Uint8Array).map(([, value]) => new Map(fieldsOf(value as Uint8Array)))
  return {
    time: fields.get(1),
    step: fields.get(2),
    version: fields.has(3) ? text(fields.get(3)) : undefined,
    scalars: Object.fromEntries(scalars.map(value => [text(value.get(1)), value.get(2)])),
  }
}

const metricNames = fc.constantFrom('loss', 'knn', 'divergence', 'ä metric', 'learningRate')
const finite = fc.float({ noNaN: true, noDefaultInfinity: true })
const metrics = fc.dictionary(metricNames, finite)
const runs = fc
  .array(metrics, { maxLength: 8 })
  .map(all => all.map((one, step): Metrics => ({ step: step * 301, ...one })))

example('the checksum is CRC-32C, of which 123456789 has E3069283, masked as TensorFlow does', () => {
  const bytes = new TextEncoder().encode('123456789')
  assert.equal(castagnoli(bytes), 0xe3069283)
  assert.equal(maskedChecksum(bytes), masked(bytes))
})

law('records say what they were told, to float32, under checksums that hold', runs, reports => {
  const file = Buffer.concat([firstRecord(7), ...reports.map((report, at) => stepRecord(8 + at, report))])
  const [first, ...events] = recordsOf(file).map(eventOf)
  return [
    sameData('first', first, { time: 7, version: 'brain.Event:2', scalars: {} }),
    sameData(
      'events',
      events.map(({ time, step, scalars }) => ({ time, step, ...scalars })),
      reports.map(({ step, ...own }, at) => ({ time: 8 + at, step, ...own })),
    ),
  ]
})

law(
  'what comes before a step is every record of an earlier one, and ends before a torn one',
  fc.tuple(runs, fc.nat(9), fc.nat(40)),
  ([reports, at, torn]) => {
    const records = [firstRecord(7), ...reports.map(report => stepRecord(8, report))]
    const lengthOf = (count: number): number => Buffer.concat(records.slice(0, count)).length
    const whole = Buffer.concat(records)
    const cut = whole.subarray(0, Math.max(0, whole.length - torn))
    const within = records.filter((_, count) => lengthOf(count + 1) <= cut.length).length
    return [
      holds('at a step', bytesBefore(whole, at * 301) === lengthOf(1 + Math.min(at, reports.length))),
      holds('torn', bytesBefore(cut, 10000) === lengthOf(within)),
    ]
  },
)

law('CSV has a row for each step and every metric in its column', runs, reports => {
  const [header, ...rows] = csvOf(columnsOf(reports), reports)
    .split('\n')
    .slice(0, -1)
    .map(line => line.split(','))
  const read = rows.map(row =>
    Object.fromEntries(row.flatMap((cell, at) => (cell === '' ? [] : [[header[at], Number(cell)]]))),
  )
  return sameData(
    'reports',
    read.map(row => Object.entries(row).sort()),
    reports.map(row => Object.entries(row).sort()),
  )
})

const reportOf = (step: number): StepReport =>
  ({ step, loss: 1 / (step + 1), ...(step % 3 === 2 ? { knn: step / 10 } : {}) }) as StepReport

/** A run of six steps, of which the last two are done again after a kill in the middle of a line. */
const interruptedRun = (run: string, log: 'csv' | 'tensorboard', tear: () => void): void => {
  const configuration = tinyWith({ run: { log } })
  const first = newRecord(run, configuration)
  for (const step of [0, 1, 2, 3, 4]) right(first.step(reportOf(step)))
  right(first.end({ how: 'interrupted' }))
  tear()
  const release = right(takeRun(run))
  const second = right(reopenRecord(run, aboutRun(configuration), { from: 4, release, say: line => assert.fail(line) }))
  for (const step of [4, 5]) right(second.step(reportOf(step)))
}

example('a run that goes on writes CSV as if it had never stopped, with a column that comes late', () =>
  withFolder({}, async folder => {
    const run = join(folder, 'run')
    const path = join(run, 'metrics.csv')
    interruptedRun(run, 'csv', () => appendFileSync(path, '5,0.'))
    assert.deepEqual(readFileSync(path, 'utf8').split('\n'), [
      'step,loss,knn',
      '0,1,',
      '1,0.5,',
      `2,${1 / 3},0.2`,
      '3,0.25,',
      '4,0.2,',
      `5,${1 / 6},0.5`,
      '',
    ])
  }),
)

example("a run that goes on has each step once among TensorBoard's records", () =>
  withFolder({}, async folder => {
    const run = join(folder, 'run')
    const path = (): string => join(run, readdirSync(run).find(name => name.includes('tfevents')) ?? 'none')
    interruptedRun(run, 'tensorboard', () =>
      appendFileSync(path(), stepRecord(1, { step: 5, loss: 1 }).subarray(0, 20)),
    )
    assert.equal(readdirSync(run).filter(name => name.includes('tfevents')).length, 1)
    const [first, ...events] = recordsOf(readFileSync(path())).map(eventOf)
    assert.equal(first.version, 'brain.Event:2')
    assert.deepEqual(
      events.map(({ step, scalars }) => [step, Object.keys(scalars)]),
      [0, 1, 2, 3, 4, 5].map(step => [step, step % 3 === 2 ? ['loss', 'knn'] : ['loss']]),
    )
  }),
)
