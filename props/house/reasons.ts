// Files of more than 200 lines and functions of more than 40, with the reason for each.

/** The reason for each file, by its path, and for each function, by its path and name. */
export const reasons: Readonly<Record<string, string>> = {
  'lib/language/expression.ts': 'one maker for each kind of node, which share how faults are found and kept',
  'lib/language/scalar.ts': 'one table: all that is known of every operation stands in one row',
  'lib/language/tensor.ts': 'the operations that programs are written in, most of them a line with its example',
  'lib/tree/random.ts': 'every kind of draw, most of them a few lines with an example',
}
