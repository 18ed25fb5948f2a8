// Initial values of parameters: leaves that draw them, their roles and depths in a model, and drawing a whole tree.

export * from '../tree/initialise.ts'
