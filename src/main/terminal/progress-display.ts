import { type Progress } from '../../shared/api.ts'
import { plainJson, plainLine } from '../../shared/plain-text.ts'

/** Shows how far the work is: a line that renews itself on a terminal, JSON lines for scripts, nothing else anywhere. */
export interface ProgressDisplay {
  readonly show: (progress: Progress) => void
  readonly notice: (text: string) => void
  /** Leaves the terminal on a fresh line. */
  readonly end: () => void
}

/** The part of a stream that a display needs. */
interface Screen {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

const renewMilliseconds = 100

export function createProgressDisplay(screen: Screen, asJson: boolean, now: () => number = Date.now): ProgressDisplay {
  if (asJson) return jsonLines(screen)
  return screen.isTTY === true ? renewedLine(screen, now) : stageLines(screen)
}

function jsonLines(screen: Screen): ProgressDisplay {
  return {
    show: (progress) => screen.write(`${plainJson({ progress })}\n`),
    notice: (text) => screen.write(`${plainJson({ notice: text })}\n`),
    end: () => undefined
  }
}

function renewedLine(screen: Screen, now: () => number): ProgressDisplay {
  let shown = Number.NEGATIVE_INFINITY
  const clear = (): void => void screen.write('\r\u001B[K')
  return {
    show(progress) {
      const isLast = progress.done >= progress.total
      if (!isLast && now() - shown < renewMilliseconds) return
      shown = now()
      clear()
      screen.write(bar(progress, screen.columns ?? 80))
    },
    notice(text) {
      clear()
      screen.write(`${plainLine(text)}\n`)
    },
    end: clear
  }
}

/** Into a file or pipe goes a line for each new stage and each tenth of it. */
function stageLines(screen: Screen): ProgressDisplay {
  let last = ''
  return {
    show({ stage, done, total, secondsLeft }) {
      const tenth = total > 0 ? Math.floor((10 * done) / total) : 0
      const key = `${stage} ${tenth}`
      if (key === last) return
      last = key
      screen.write(`${stage}: ${tenth * 10} %${secondsLeft === undefined ? '' : `, ${duration(secondsLeft)} left`}\n`)
    },
    notice: (text) => screen.write(`${plainLine(text)}\n`),
    end: () => undefined
  }
}

function bar({ stage, done, total, secondsLeft }: Progress, columns: number): string {
  const share = total > 0 ? Math.min(1, done / total) : 0
  const width = 24
  const filled = Math.round(share * width)
  const left = secondsLeft === undefined ? '' : `  ${duration(secondsLeft)} left`
  return `${stage.padEnd(10)} ${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${Math.round(100 * share)} %${left}`.slice(
    0,
    columns - 1
  )
}

/** "45 s", "12 min", "3 h 05 min". */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 90) return `${minutes} min`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}
