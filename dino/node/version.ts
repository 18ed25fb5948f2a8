// The version of the package, from the nearest package.json above this file: one folder further away when it is built.

import { existsSync, readFileSync } from 'node:fs'

const nearest = (from: URL): URL => {
  const here = new URL('package.json', from)
  return existsSync(here) || from.pathname === '/' ? here : nearest(new URL('..', from))
}

/** The version, as `0.1.0`. */
export const packageVersion = (): string => {
  const { version }: { readonly version: string } = JSON.parse(
    readFileSync(nearest(new URL('.', import.meta.url)), 'utf8'),
  )
  return version
}
