// Part of `npm run check`: holds the project to the rules of the house, prints every place where one is broken, and
// fails if there is one.

import { sourceFiles } from '../support/source-files.ts'
import { reasons } from './reasons.ts'
import { rules } from './rules.ts'

const files = sourceFiles('.', '.ts', '.mjs', '.py')
const faults = rules(reasons).flatMap(({ rule, broken }) => broken(files).map(place => `${rule}: ${place}`))

for (const fault of faults) console.error(fault)
console.log(`${files.length} files, ${faults.length === 0 ? 'no rule broken' : `${faults.length} places to mend`}`)
process.exitCode = faults.length === 0 ? 0 : 1
