import { BrowserWindow, Notification, powerSaveBlocker } from 'electron'
import { isActive, type Task } from '../../shared/tasks.ts'
import { type App } from '../app.ts'
import { noticeOf } from './task-notices.ts'
import { type Windows } from './windows.ts'

/** While something is worked on the computer stays awake and the taskbar shows how far it is; its end is told. */
export function showSignsOfWork(app: App, windows: Windows): void {
  const known = new Map<string, Task>()
  const told = new Set<Notification>() // one that nothing holds on to may vanish, with its click
  let blocker: number | undefined

  app.onEvent((event) => {
    if (event.event !== 'task.changed' || event.task.plan !== undefined) return
    const { task } = event
    const notice = noticeOf(known.get(task.id), task)
    if (isActive(task)) known.set(task.id, task)
    else known.delete(task.id)

    if (notice !== undefined && BrowserWindow.getFocusedWindow() === null && Notification.isSupported()) {
      const notification = new Notification(notice)
      told.add(notification)
      notification.on('close', () => told.delete(notification))
      notification.on('click', () => {
        told.delete(notification)
        windows.show('#/work')
      })
      notification.show()
    }
    windows.setProgress(progressOf([...known.values()]))
    if (known.size > 0) blocker ??= powerSaveBlocker.start('prevent-app-suspension')
    else if (blocker !== undefined) {
      powerSaveBlocker.stop(blocker)
      blocker = undefined
    }
  })
}

/** Of what is at work; of several, of the one that began first. */
function progressOf(active: readonly Task[]): number | undefined | 'none' {
  const [task] = active.filter(({ state }) => state !== 'waiting')
  if (task === undefined) return 'none'
  const { done = 0, total = 0 } = task
  return total > 0 ? Math.min(1, done / total) : undefined
}
