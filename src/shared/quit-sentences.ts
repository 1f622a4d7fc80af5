import { type QuitReport, type Task } from './tasks.ts'

/** What quitting now would do to the work that is under way: one sentence for each outcome. */
export function quitSentences({ goesOn, pauses, lost }: QuitReport): string[] {
  return [
    ...sentence(pauses, (names) => `${names} will stop at a safe point and can be resumed.`),
    ...sentence(lost, (names) => `${names} would have to start again; nothing half-made is kept.`),
    ...sentence(goesOn, (names) => `${names} is run by another program and continues.`)
  ]
}

function sentence(tasks: readonly Task[], say: (names: string) => string): string[] {
  if (tasks.length === 0) return []
  return [say(tasks.map(({ kind, name }) => `“${name}” (${kind})`).join(', '))]
}
