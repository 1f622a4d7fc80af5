/** What a number in a file name counts. */
export const timeUnits = ['days', 'hours', 'minutes'] as const
export type TimeUnit = (typeof timeUnits)[number]

/** What stands between the pieces of a name, and in a piece; never both, so a match takes one pass. */
const between = '[_\\-. ]'
const within = '[^_\\-. ]'
const most = 12

/** The kind is what stands at this place of a name: 0 is `HeLa` in `HeLa_01_24h.tif`. The ending is no piece. */
export function kindRule(piece: number): string {
  return `filename:${upTo(piece)}(${within}+)(?=${between})`
}

/** The time is the first number at this place of a name. */
export function timeRule(piece: number, unit: TimeUnit): string {
  return `filename:${upTo(piece)}[^_\\-. \\d]*(?<${unit}>\\d+)`
}

/** Wells, plates and donors may need several places of a name: `P2` and `A1` in `P2_HeLa_A1.tif`. */
export function groupRule(pieces: readonly number[]): string {
  const [first = 0, ...others] = [...pieces].sort((a, b) => a - b)
  const steps = others.map((piece, i) => piece - ([first, ...others][i] ?? 0) - 1)
  const more = steps.map((skipped) => `${between}+(?:${within}+${between}+){${skipped}}(${within}+)`).join('')
  return `filename:${upTo(first)}(${within}+)${more}(?=${between})`
}

/** Which pieces a rule for groups takes; none where it is another one. */
export function groupPieces(rule = ''): number[] {
  const [first, ...steps] = [...rule.matchAll(/\{(\d+)\}/g)].map(([, count]) => Number(count))
  if (first === undefined) return []
  const pieces = steps.reduce((known, skipped) => [...known, (known.at(-1) ?? 0) + skipped + 1], [first])
  return rule === groupRule(pieces) ? pieces : []
}

function upTo(piece: number): string {
  return `^${between}*(?:${within}+${between}+){${piece}}`
}

/** The pieces of a file name, each at the number that its rule takes. */
export function piecesOf(file: string): string[] {
  const name = nameOf(file)
  const pieces = Array.from({ length: most }, (_, piece) => matchOf(kindRule(piece), name)?.[1])
  return pieces.filter((piece) => piece !== undefined)
}

/** Which piece a rule for the kind takes; undefined where it is another one. */
export function kindPiece(rule: string | undefined): number | undefined {
  return found(rule, kindRule)
}

/** Which piece a rule for the time takes, and what it counts. */
export function timePiece(rule: string | undefined): { piece: number; unit: TimeUnit } | undefined {
  const ways = timeUnits.map((unit) => ({ unit, piece: found(rule, (piece) => timeRule(piece, unit)) }))
  return ways.flatMap(({ unit, piece }) => (piece === undefined ? [] : [{ unit, piece }]))[0]
}

function found(rule: string | undefined, ruleOf: (piece: number) => string): number | undefined {
  const at = Array.from({ length: most }, (_, piece) => ruleOf(piece)).findIndex((each) => each === rule)
  return at < 0 ? undefined : at
}

/** What a rule of pieces takes of a name: nothing of one that has no such piece. */
export function takenOf(rule: string, file: string): string | undefined {
  return matchOf(rule, nameOf(file))?.slice(1).join(' ')
}

function nameOf(file: string): string {
  return file.split(/[/\\]/).at(-1) ?? ''
}

/** Only for rules that are made here: a pattern of one's own may take for ever on the wrong name. */
function matchOf(rule: string, name: string): RegExpExecArray | null {
  return new RegExp(rule.slice('filename:'.length), 'u').exec(name)
}
