import { isActive, type Task, type TaskKind } from '../../shared/tasks.ts'

/** What the person is told while they look elsewhere. */
export interface Notice {
  readonly title: string
  readonly body: string
}

/** What ends sooner was waited for. */
const longSeconds = 10
/** Parts of answering a question, of which the page shows the answer. */
const quiet: ReadonlySet<TaskKind> = new Set<TaskKind>(['look', 'estimate'])

/** What to tell of a task that has come to an end, or to where it needs the person; nothing of what they did themselves. */
export function noticeOf(before: Task | undefined, now: Task): Notice | undefined {
  if (before === undefined || !isActive(before) || isActive(now) || quiet.has(now.kind)) return undefined
  const name = `“${now.name}”`
  if (now.error !== undefined) return { title: `${name} needs you`, body: now.error.message }
  if (now.state === 'interrupted') return { title: `${name} was cut off`, body: 'It can be started again.' }
  const isNews = now.state === 'done' && now.seconds >= longSeconds
  return isNews ? { title: `${name} is done`, body: now.summary ?? '' } : undefined
}
