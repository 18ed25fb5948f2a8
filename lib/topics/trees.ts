// Trees of tensors, values and initialisers: walking them, and putting them together leaf by leaf.

export { euclidean } from '../tree/length.ts'
export {
  type Combine,
  type Initialiser,
  type Leaf,
  type Leaves,
  leavesOf,
  mapTree,
  type Part,
  refill,
  zerosLike,
  zipTrees,
} from '../tree/tree.ts'
