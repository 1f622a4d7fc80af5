import { AppError } from '../../shared/errors.ts'

export function stopIfAsked(signal: AbortSignal): void {
  if (signal.aborted) throw new AppError('stopped', 'Stopped on request. Nothing was left behind.')
}
