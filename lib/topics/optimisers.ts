// Optimisers and gradient clipping: update rules, groups of parameters, and what is kept from step to step.

export * from '../tree/adamw.ts'
export * from '../tree/clip.ts'
export * from '../tree/descent.ts'
export * from '../tree/optimise.ts'
export * from '../tree/update-rule.ts'
