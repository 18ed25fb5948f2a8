// From a module or a function as data to WebAssembly text, in its folded form; no other module makes such text. The
// locals of a function are those that its body uses, in the order of their first use. Two locals with one hint get
// different names.
//
//   (func $double (param $from i32) (local $x v128) (local.set $x (v128.load (local.get $from))) ...)

import type { Code, Function, Label, Module, Printed, Statement } from './statement.ts'
import type { Apply, Local, Value } from './value.ts'

/** Names of locals or labels, in the order in which they were first asked for. */
interface Naming<K> {
  readonly nameOf: (of: K) => string
  readonly given: ReadonlyMap<K, string>
}

/** Gives every local or label a name of its own, made from its hint. */
const naming = <K extends { readonly hint: string }>(): Naming<K> => {
  const given = new Map<K, string>()
  const used = new Map<string, number>()
  const nameOf = (of: K): string => {
    const known = given.get(of)
    if (known !== undefined) return known
    const times = used.get(of.hint) ?? 0
    used.set(of.hint, times + 1)
    const name = times === 0 ? `$${of.hint}` : `$${of.hint}.${times}`
    given.set(of, name)
    return name
  }
  return { nameOf, given }
}

/** A float32 in WebAssembly's notation. */
const floatText = (value: number): string => {
  const rounded = Math.fround(value)
  if (Number.isNaN(rounded)) return 'nan'
  if (!Number.isFinite(rounded)) return rounded > 0 ? 'inf' : '-inf'
  return Object.is(rounded, -0) ? '-0' : String(rounded)
}

interface Names {
  readonly local: (of: Local) => string
  readonly label: (of: Label) => string
}

const valueText = (names: Names, value: Value): string => {
  switch (value.kind) {
    case 'constant':
      return `(${value.type}.const ${value.type === 'f32' ? floatText(value.value) : value.value})`
    case 'lanes': {
      const lanes = value.shape === 'f32x4' ? value.values.map(floatText) : value.values
      return `(v128.const ${value.shape} ${lanes.join(' ')})`
    }
    case 'local':
      return `(local.get ${names.local(value.local)})`
    case 'apply':
      return instructionText(names, value)
  }
}

const instructionText = (names: Names, { instruction, operands }: Pick<Apply, 'instruction' | 'operands'>): string => {
  let text = `(${instruction}`
  for (const operand of operands) text += ` ${valueText(names, operand)}`
  return `${text})`
}

const statementText = (names: Names, statement: Statement): string => {
  switch (statement.kind) {
    case 'set':
      return `(local.set ${names.local(statement.local)} ${valueText(names, statement.value)})`
    case 'do':
      return instructionText(names, statement)
    case 'if': {
      const { condition, then, otherwise } = statement
      const or = otherwise.length === 0 ? '' : `) (else${codeText(names, otherwise)}`
      return `(if ${valueText(names, condition)} (then${codeText(names, then)}${or}\n))`
    }
    case 'block':
    case 'loop':
      return `(${statement.kind} ${names.label(statement.label)}${codeText(names, statement.body)}\n)`
    case 'branch': {
      const { to, condition } = statement
      if (condition === undefined) return `(br ${names.label(to)})`
      return `(br_if ${names.label(to)} ${valueText(names, condition)})`
    }
    case 'return':
      return statement.value === undefined ? '(return)' : `(return ${valueText(names, statement.value)})`
  }
}

/** Statements, each on a line of its own after others. */
const codeText = (names: Names, code: Code): string => {
  let text = ''
  for (const statement of code) text += `\n${statementText(names, statement)}`
  return text
}

/** A function as text. A program has more functions than memory should hold as data, so each is printed when made. */
export const printed = ({ name, parameters, result, body }: Function): Printed => {
  const { nameOf, given } = naming<Local>()
  const taken = parameters.map(parameter => `(param ${nameOf(parameter)} ${parameter.type})`)
  const code = codeText({ local: nameOf, label: naming<Label>().nameOf }, body)
  const own = [...given].slice(parameters.length).map(([{ type }, its]) => `(local ${its} ${type})`)
  const results = result === undefined ? [] : [`(result ${result})`]
  return { name, text: [`(func $${name}`, ...taken, ...results, ...own, code.slice(1), ')'].join('\n') }
}

/** A module as text; it imports its memory from `env`. */
export const moduleText = ({ memory, functions, exported }: Module): string =>
  [
    '(module',
    `(import "env" "memory" (memory ${memory.pages} ${memory.most}${memory.shared ? ' shared' : ''}))`,
    ...functions.map(({ text }) => text),
    ...exported.map(({ name }) => `(export "${name}" (func $${name}))`),
    ')',
  ].join('\n')
