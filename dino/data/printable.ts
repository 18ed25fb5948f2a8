// Names of files as they may be printed. A name may hold any character, also line breaks and the escape codes of
// terminals; characters that a terminal would obey are written out.
//
//   a name that begins with the code for red text        is printed as        \x1b[31m...

/** Control characters, line separators, and what turns the direction of text. */
const obeyed = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu

const writtenOut = (character: string): string => {
  const code = character.charCodeAt(0)
  return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
}

/** The text with everything in it written out that a terminal would obey. */
export const printable = (text: string): string => text.replace(obeyed, writtenOut)
