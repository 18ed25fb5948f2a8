// Fields of a tree that a model may lack, such as register tokens: `...onlyIf(count > 0, () => ({ registers }))`.

/** The fields if they are there, else none. */
export const onlyIf = <T extends object>(there: boolean, fields: () => T): Partial<T> => (there ? fields() : {})
