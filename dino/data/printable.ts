// Names of files as they may be printed. A file may be called anything, a line break or the escape codes of a terminal
// included: what a terminal would obey is written out, `\x1b[31m` for a name that would turn it red.

/** Control characters, line separators, and what turns the direction of text. */
const obeyed = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu

const writtenOut = (character: string): string => {
  const code = character.charCodeAt(0)
  return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
}

/** The text with everything in it written out that a terminal would obey. */
export const printable = (text: string): string => text.replace(obeyed, writtenOut)
