import { type Answering } from './answering.ts'

/** The page of a thing takes another name for it, where the one that was wanted is taken. */
export function renaming(wanted: string, rename: (name: string) => Promise<unknown>): Answering {
  return {
    asks: (choice) => choice === 'name',
    before: () => wanted,
    take: (_, answer) => rename(String(answer))
  }
}
