// From a module or a function as data to WebAssembly text, in its folded form; no other module makes such text. The
// locals of a function are those that its body uses, in the order of their first use. Two locals with one hint get
// different names.
//
//   (func $double (param $from i32) (local $x v128) (local.set $x (v128.load (local.get $from))) ...)

import type { Code, Function, Label, Module, Statement } from './statement.ts'
import type { Local, Value } from './value.ts'

/** Gives every local or label a name of its own, made from its hint. */
const naming = <K extends { readonly hint: string }>(): ((of: K) => string) => {
  const names = new Map<K, string>()
  const used = new Map<string, number>()
  return of => {
    const known = names.get(of)
    if (known !== undefined) return known
    const times = used.get(of.hint) ?? 0
    used.set(of.hint, times + 1)
    const name = times === 0 ? `$${of.hint}` : `$${of.hint}.${times}`
    names.set(of, name)
    return name
  }
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
      return `(${[value.instruction, ...value.operands.map(operand => valueText(names, operand))].join(' ')})`
  }
}

const statementLines = (names: Names, statement: Statement): readonly string[] => {
  const text = (value: Value): string => valueText(names, value)
  switch (statement.kind) {
    case 'set':
      return [`(local.set ${names.local(statement.local)} ${text(statement.value)})`]
    case 'do':
      return [`(${[statement.instruction, ...statement.operands.map(text)].join(' ')})`]
    case 'if':
      return [
        `(if ${text(statement.condition)} (then`,
        ...linesOf(names, statement.then),
        ...(statement.otherwise.length === 0 ? [] : [') (else', ...linesOf(names, statement.otherwise)]),
        '))',
      ]
    case 'block':
    case 'loop':
      return [`(${statement.kind} ${names.label(statement.label)}`, ...linesOf(names, statement.body), ')']
    case 'branch':
      return statement.condition === undefined
        ? [`(br ${names.label(statement.to)})`]
        : [`(br_if ${names.label(statement.to)} ${text(statement.condition)})`]
    case 'return':
      return [statement.value === undefined ? '(return)' : `(return ${text(statement.value)})`]
  }
}

const linesOf = (names: Names, code: Code): readonly string[] =>
  code.flatMap(statement => statementLines(names, statement))

/** A function as text. */
export const functionText = ({ name, parameters, result, body }: Function): string => {
  const known = new Set<Local>(parameters)
  const own: Local[] = []
  const nameOf = naming<Local>()
  const local = (of: Local): string => {
    if (!known.has(of)) {
      known.add(of)
      own.push(of)
    }
    return nameOf(of)
  }
  const names: Names = { local, label: naming() }
  const taken = parameters.map(parameter => `(param ${names.local(parameter)} ${parameter.type})`)
  const lines = linesOf(names, body)
  const declared = own.map(one => `(local ${names.local(one)} ${one.type})`)
  return [
    `(func $${name}`,
    ...taken,
    ...(result === undefined ? [] : [`(result ${result})`]),
    ...declared,
    ...lines,
    ')',
  ].join('\n')
}

/** A module as text; it imports its memory from `env`. */
export const moduleText = ({ memory, functions, exported }: Module): string =>
  [
    '(module',
    `(import "env" "memory" (memory ${memory.pages} ${memory.most}${memory.shared ? ' shared' : ''}))`,
    ...functions.map(functionText),
    ...exported.map(({ name }) => `(export "${name}" (func $${name}))`),
    ')',
  ].join('\n')
