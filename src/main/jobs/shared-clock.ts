/** Seconds on a clock that all processes of this computer share and that nobody can set. */
export function sharedSeconds(): number {
  return Number(process.hrtime.bigint()) / 1e9
}
