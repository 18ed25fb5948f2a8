// The platform that the code runs on.

/** Whether this is Node (or something that says so), not a browser. */
export const isNode = (): boolean => typeof process !== 'undefined' && process.versions?.node !== undefined
