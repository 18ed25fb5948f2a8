// A guided tour from mathematics to machine code: the DINO loss as it passes through the compiler, from an expression
// to WebAssembly. Before each form stand a few sentences: what it is, why there is such a form, what to look for. Sizes
// are small, so that every form fits a screen; no knowledge of compilers is needed.
// Run: npx tsx examples/kernels.ts

import * as E from 'fp-ts/lib/Either.js'
import { dinoLoss } from '../dino/objective/dino.ts'
import { compiler, constant, gradient, input, type Scalar, showShapeError } from '../lib/index.ts'

const [batch, prototype] = [2, 8]
const student = input('student', { view: 3, batch, prototype })
const teacher = input('teacher', { global: 2, batch, prototype })
const centre = input('centre', { prototype })

const loss: Scalar = dinoLoss({ student: constant(0.1), teacher: constant(0.04) })(student, teacher, centre)
const slope = gradient(loss, { student }).student

/** A text as lines of at most 96 columns, however it was broken before. */
const wrapped = (text: string): string =>
  text
    .trim()
    .split(/\s+/)
    .reduce((lines, word) => lines + (lines.length - lines.lastIndexOf('\n') + word.length > 96 ? '\n' : ' ') + word)

const show = (title: string, explanation: string, form: string): void =>
  console.log(`\n=== ${title}\n\n${wrapped(explanation)}\n\n${form.trim()}`)

const whole = compiler.showExpressions([loss.expr])
const both = compiler.showExpressions([loss.expr, slope.expr])
const simple = compiler.showExpressions(compiler.simplify([loss.expr, slope.expr]))
const linesOf = (text: string): readonly string[] => text.split('\n')

show(
  '1. The loss, an expression',
  `Calling dinoLoss computed no numbers. It made this list of operations, one a line. A line has a number, such as %3,
  an operation, the lines that it reads, and after the colon its axes with their sizes. It is the only form that a
  person wrote; all others are made from it. Read it from the end: the last lines are a mean over pairs of views;
  before them stands -sum P log Q; before that log Q, a log softmax of the student's logits; and at the top P, a
  softmax of the teacher's logits less the centre. Look for: nothing is transposed. One mul has an operand with a
  global axis and one with a view axis, and because axes have names its result has both: every teacher view meets
  every student view.`,
  whole,
)
show(
  '2. The gradient, an expression too',
  `The derivative of the loss by each of the student's logits is a longer expression: it begins with the lines above,
  which are left out here, and reads them. It was made by walking back from the loss, with one rule for each kind of
  operation. Look for: the first new line is 1, the derivative of the loss by itself. Each "sum over" of the loss has
  become an "expand" here, and operands that were repeated along an axis get a "sum over" that axis. Nothing flows to
  the teacher, for a "stop" stands in front of it. The end is what textbooks have for a softmax with cross-entropy,
  the student's probability less the teacher's, over the temperature. No one had to write it.`,
  linesOf(both).slice(linesOf(whole).length).join('\n'),
)
show(
  '3. Simplified',
  `Loss and gradient, ${linesOf(both).length} lines together, after rules such as 1 * x = x have been applied until
  none fits: ${linesOf(simple).length} lines. This form exists so that the two above can be written for clarity and
  not for speed. Look for: every "stop" is gone, for it only spoke to the gradient; dividing by the temperature 0.1
  has become multiplying by 10; the means over batch and pairs are one factor; and on the way to the loss the division
  in the teacher's softmax now comes after the sum over prototypes, where there are fewer numbers to divide.`,
  simple,
)

/** The number of the kernel that the tour follows: the last one that reads the student's logits. */
const followed = ({ steps, inputs }: compiler.Program): number =>
  steps.findLast(step => step.inputs.includes(inputs.student))?.kernel ?? 0

const compiled = compiler.compile(compiler.usualCompile)({
  outputs: { loss: loss.expr, slope: slope.expr },
  carried: {},
})
if (E.isLeft(compiled)) console.error(compiled.left.map(showShapeError).join('\n'))
else {
  const program = compiled.right
  const number = followed(program)
  const one: compiler.Program = { ...program, kernels: [program.kernels[number]] }
  /** A form of the followed kernel, without its heading: alone it is called kernel 0. */
  const formOf = (shown: (program: compiler.Program) => string): string => linesOf(shown(one)).slice(1).join('\n')
  show(
    '4. The schedule',
    `Now it is decided which lines are worth storing. What a line says of single elements can be computed where it is
    read; only what would be computed again and again gets a buffer (b4, b5, ...). Each line below runs one kernel, a
    program of loops, which reads the buffers in brackets and writes the one on the left. Look for:
    ${program.steps.length} kernels in place of ${linesOf(simple).length} operations.`,
    compiler.showSchedule(program),
  )
  show(
    '5. The memory plan',
    `Buffers are laid out in one block of memory, counted in numbers from 0. This form exists because most of them are
    needed for a short time only; inputs and constants are there from the start, step -1. Look for: two buffers at one
    place, which is fine, since the steps of the one end before, or when, those of the other begin.`,
    compiler.showPlan(program, compiler.planMemory(program)),
  )
  show(
    '6. One kernel as loops',
    `From here on the tour follows one kernel, number ${number}, which ends the student's log softmax. Axes have lost
    their names and become counters i0, i1, i2; each line in the loop has one number as its result. This is the last
    form that knows no machine: the ones below are both made from it. Look for: input1 and input2 (the largest logit
    and the log of the sum, both negated before) are read without i2. That is all that is left of repeating a number
    along an axis.`,
    formOf(compiler.showKernels),
  )
  show(
    '7. The same kernel for a GPU',
    `On a GPU the loops disappear: a thread is started for each number of the result, and this function, which gpu.js
    translates for the graphics driver, is what each thread does. Look for: this.thread.x counts threads, and the
    first lines find the three counters in it by division. It is done in floating point, hence the + 0.5.`,
    formOf(compiler.showGpuSource),
  )
  show(
    '8. The same kernel in WebAssembly',
    `And for a CPU, as text that an assembler turns into the bytes that run in Node or a browser. Look for: v128 is
    four numbers at once, so one f32x4.mul multiplies four; load32_splat fills all four with one number, read once a
    row and not in the inner loop; $from and $to are the part of the rows that one thread does.`,
    formOf(compiler.showWasmText),
  )
}
