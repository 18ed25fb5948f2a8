// Progress of long work on the terminal: a bar with the numbers that are worth watching. It is written to standard
// error, so that results can be piped; where that is no terminal, a line is written now and then.

import progress from 'cli-progress'

const { Format, Presets, SingleBar } = progress

/** A number of things: `1 image`, `2 images`. */
export const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`

/** A bar that is under way. */
export interface Bar {
  readonly update: (done: number, notes?: string) => void
  /** Prints a line above the bar. */
  readonly say: (line: string) => void
  readonly stop: () => void
}

const plainEvery = 0.1

const plainBar = (label: string, total: number): Bar => {
  let told = 0
  return {
    update: (done, notes = '') => {
      if (done < total && done < told + plainEvery * total) return
      told = done
      console.error(`${label} ${done}/${total} ${notes}`)
    },
    say: line => console.error(line),
    stop: () => undefined,
  }
}

/** Starts a bar over `total` pieces of work. */
export const startBar = (label: string, total: number): Bar => {
  if (process.stderr.isTTY !== true) return plainBar(label, total)
  const bar = new SingleBar(
    {
      format: `${label} {bar} {value}/{total}  {notes}  {eta_formatted} left`,
      stream: process.stderr,
      hideCursor: true,
      forceRedraw: true,
      formatTime: (time, options, round) => Format.TimeFormat(time, options, round),
    },
    Presets.shades_classic,
  )
  bar.start(total, 0, { notes: '' })
  return {
    update: (done, notes = '') => bar.update(done, { notes }),
    say: line => {
      process.stderr.write(`\r\u001b[K${line}\n`)
      bar.render()
    },
    stop: () => bar.stop(),
  }
}
