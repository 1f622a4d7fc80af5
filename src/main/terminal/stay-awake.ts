import { type ChildProcess, spawn } from 'node:child_process'
import { isActive } from '../../shared/tasks.ts'
import { type App } from '../app.ts'
import { findProgram, neutralFolder } from '../files/programs.ts'
import { type Desktop } from './open-browser.ts'

/**
 * Keeps the computer from falling asleep while something is worked on, as far as its system lets a program ask for that.
 * The desktop window does so itself.
 */
export function stayAwake(app: App, desktop: Desktop = process): void {
  const working = new Set<string>()
  let holder: Promise<ChildProcess | undefined> | undefined
  app.onEvent((event) => {
    if (event.event !== 'task.changed') return
    if (isActive(event.task)) working.add(event.task.id)
    else working.delete(event.task.id)

    if (working.size > 0) holder ??= hold(desktop)
    else {
      void holder?.then((child) => child?.kill())
      holder = undefined
    }
  })
}

/** The system's own program for this; it ends with ours. */
async function hold(desktop: Desktop): Promise<ChildProcess | undefined> {
  const [program, ...words] = await awakeCommand(desktop, process.pid)
  if (program === undefined) return undefined
  const child = spawn(program, words, { stdio: 'ignore', cwd: neutralFolder, env: desktop.env })
  child.on('error', () => undefined) // a computer that cannot be asked sleeps when it wants
  child.unref()
  return child
}

/** Empty where there is no such program. */
export async function awakeCommand({ platform, env }: Desktop, pid: number): Promise<readonly string[]> {
  if (platform === 'darwin') return ['/usr/bin/caffeinate', '-i', '-w', String(pid)]
  if (platform !== 'linux') return []
  const [inhibit, tail] = await Promise.all([findProgram('systemd-inhibit', env), findProgram('tail', env)])
  if (inhibit === undefined || tail === undefined) return []
  const why = ['--what=idle:sleep', '--who=CytoLoom', '--why=It is working', '--mode=block']
  return [inhibit, ...why, tail, `--pid=${pid}`, '-f', '/dev/null']
}
