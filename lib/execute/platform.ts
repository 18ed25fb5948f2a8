// The platform that the code runs on, Node or a browser, and modules that exist on one of them only.

/** Whether this is Node (or something that says so), not a browser. */
export const isNode = (): boolean => typeof process !== 'undefined' && process.versions?.node !== undefined

/**
 * A module of Node, or a package that need not be installed. No bundler follows the name: what is bundled for a page
 * reaches nothing of Node.
 */
export const optionalModule = <M>(name: string): Promise<M> => import(/* @vite-ignore */ name)
