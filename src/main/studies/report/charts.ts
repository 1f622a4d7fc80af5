/** Charts as SVG, drawn here: they stand in a file that opens without a network, and print as they are. */

const font = 'font-family="system-ui, sans-serif" font-size="12"'

/** Text as HTML and SVG take it. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

export interface DifferenceRow {
  readonly label: string
  /** In points. */
  readonly value: number
  readonly interval: readonly [number, number] | undefined
  readonly verdict: 'helps' | 'harms' | 'cannot-tell' | undefined
}

const colours = { helps: '#0b6e4f', harms: '#b3261e', 'cannot-tell': '#5f6b7a' }
const signs = { helps: '▲', harms: '▼', 'cannot-tell': '●' }
const [plotWidth, rowHeight, letterWidth] = [420, 24, 6.6]

/** Differences with their intervals around zero, and what would have mattered as a band. */
export function differenceChart(rows: readonly DifferenceRow[], smallest: number, unit: string): string {
  const ends = rows.flatMap(({ value, interval }) => [value, ...(interval ?? [])])
  const most = Math.max(smallest, ...ends.map(Math.abs)) * 1.1
  const labelWidth = 20 + Math.ceil(letterWidth * Math.max(...rows.map(({ label }) => label.length)))
  const x = (value: number): string => (labelWidth + (plotWidth * (value + most)) / (2 * most)).toFixed(1)
  const height = rows.length * rowHeight + 50
  const bottom = rows.length * rowHeight + 10
  const marks = rows.map(({ label, value, interval, verdict = 'cannot-tell' }, i) => {
    const y = i * rowHeight + 22
    const line =
      interval === undefined
        ? ''
        : `<line x1="${x(interval[0])}" x2="${x(interval[1])}" y1="${y}" y2="${y}" stroke="${colours[verdict]}" stroke-width="2"/>`
    return `<text x="${labelWidth - 10}" y="${y + 4}" text-anchor="end">${escaped(label)}</text>${line}<text x="${x(value)}" y="${y + 4}" text-anchor="middle" fill="${colours[verdict]}">${signs[verdict]}</text>`
  })
  const ticks = ticksOf(-most, most).map(
    (tick) =>
      `<line x1="${x(tick)}" x2="${x(tick)}" y1="10" y2="${bottom}" stroke="${tick === 0 ? '#1c2530' : '#d5dbe2'}"/><text x="${x(tick)}" y="${bottom + 16}" text-anchor="middle">${numberText(tick)}</text>`
  )
  return svg(labelWidth + plotWidth + 20, height, [
    `<rect x="${x(-smallest)}" y="10" width="${(Number(x(smallest)) - Number(x(-smallest))).toFixed(1)}" height="${bottom - 10}" fill="#eef1f5"/>`,
    ...ticks,
    ...marks,
    `<text x="${labelWidth + plotWidth / 2}" y="${bottom + 34}" text-anchor="middle">${escaped(unit)}</text>`
  ])
}

export interface Curve {
  readonly label: string
  readonly points: readonly { readonly x: number; readonly y: number }[]
}

const strokes = ['#1c2530', '#0b6e4f', '#8a4fbe', '#b3261e', '#1f6fb2', '#9a6700', '#5f6b7a', '#c2185b', '#33691e']
const dashes = ['', '6 3', '2 3', '8 3 2 3', '10 4', '4 2', '1 2', '12 3', '3 6']

/** Scores over the number of real images, which grow from left to right by their logarithm. */
export function learningChart(curves: readonly Curve[], unit: string): string {
  const [left, top, width, height] = [60, 15, 460, 280]
  const xs = [...new Set(curves.flatMap(({ points }) => points.map((point) => point.x)))].sort((a, b) => a - b)
  const ys = curves.flatMap(({ points }) => points.map((point) => point.y))
  const [low, high] = padded(Math.min(...ys), Math.max(...ys))
  const [first, last] = padded(Math.log(Math.max(1, xs[0] ?? 1)), Math.log(Math.max(1, xs.at(-1) ?? 1)))
  const x = (value: number): string =>
    (left + (width * (Math.log(Math.max(1, value)) - first)) / (last - first)).toFixed(1)
  const y = (value: number): string => (top + height - (height * (value - low)) / (high - low)).toFixed(1)
  const grid = ticksOf(low, high).map(
    (tick) =>
      `<line x1="${left}" x2="${left + width}" y1="${y(tick)}" y2="${y(tick)}" stroke="#d5dbe2"/><text x="${left - 8}" y="${Number(y(tick)) + 4}" text-anchor="end">${numberText(tick)}</text>`
  )
  const names = xs.map((value) => `<text x="${x(value)}" y="${top + height + 18}" text-anchor="middle">${value}</text>`)
  const lines = curves.map(({ label, points }, i) => {
    const stroke = strokes[i % strokes.length] ?? ''
    const path = points.map((point, j) => `${j === 0 ? 'M' : 'L'}${x(point.x)} ${y(point.y)}`).join('')
    const dots = points
      .map((point) => `<circle cx="${x(point.x)}" cy="${y(point.y)}" r="3.5" fill="${stroke}"/>`)
      .join('')
    const at = top + 12 + i * 20
    const dash = dashes[i % dashes.length] ?? ''
    return `<path d="${path}" fill="none" stroke="${stroke}" stroke-width="2" stroke-dasharray="${dash}"/>${dots}<line x1="${left + width + 20}" x2="${left + width + 50}" y1="${at}" y2="${at}" stroke="${stroke}" stroke-width="2" stroke-dasharray="${dash}"/><text x="${left + width + 56}" y="${at + 4}">${escaped(label)}</text>`
  })
  return svg(left + width + 360, top + height + 45, [
    ...grid,
    ...names,
    ...lines,
    `<text x="${left + width / 2}" y="${top + height + 38}" text-anchor="middle">annotated real images</text>`,
    `<text x="14" y="${top + height / 2}" text-anchor="middle" transform="rotate(-90 14 ${top + height / 2})">${escaped(unit)}</text>`
  ])
}

/** Two distributions side by side, as shares in equal steps of the logarithm. */
export function distributionChart(
  groups: readonly { readonly label: string; readonly values: readonly number[] }[],
  unit: string
): string {
  const [left, top, width, height, bins] = [50, 15, 460, 200, 24]
  const all = groups.flatMap(({ values }) => [...values]).filter((value) => value > 0)
  const [low, high] = padded(Math.log(Math.min(...all)), Math.log(Math.max(...all)))
  const shares = groups.map(({ values }) =>
    histogram(
      values.filter((value) => value > 0),
      { low, high, bins }
    )
  )
  const most = Math.max(...shares.flat(), 1e-9)
  const x = (bin: number): string => (left + (width * bin) / bins).toFixed(1)
  const y = (share: number): string => (top + height - (height * share) / most).toFixed(1)
  const lines = groups.map(({ label }, i) => {
    const stroke = strokes[i % strokes.length] ?? ''
    const path = (shares[i] ?? [])
      .map((share, bin) => `${bin === 0 ? 'M' : 'L'}${x(bin)} ${y(share)}H${x(bin + 1)}`)
      .join('')
    return `<path d="${path}" fill="none" stroke="${stroke}" stroke-width="2" stroke-dasharray="${dashes[i % dashes.length] ?? ''}"/><text x="${left + width + 20}" y="${top + 16 + 20 * i}" fill="${stroke}">${escaped(label)}</text>`
  })
  const ticks = [0, bins / 4, bins / 2, (3 * bins) / 4, bins].map(
    (bin) =>
      `<text x="${x(bin)}" y="${top + height + 18}" text-anchor="middle">${Math.exp(low + ((high - low) * bin) / bins).toFixed(0)}</text>`
  )
  return svg(left + width + 260, top + height + 45, [
    `<line x1="${left}" x2="${left + width}" y1="${top + height}" y2="${top + height}" stroke="#1c2530"/>`,
    ...lines,
    ...ticks,
    `<text x="${left + width / 2}" y="${top + height + 38}" text-anchor="middle">${escaped(unit)}</text>`
  ])
}

function histogram(
  values: readonly number[],
  { low, high, bins }: { readonly low: number; readonly high: number; readonly bins: number }
): number[] {
  const counts = new Array<number>(bins).fill(0)
  for (const value of values) {
    const bin = Math.min(bins - 1, Math.max(0, Math.floor((bins * (Math.log(value) - low)) / (high - low))))
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  return counts.map((count) => count / Math.max(1, values.length))
}

function svg(width: number, height: number, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" ${font} fill="#1c2530">${parts.join('')}</svg>`
}

function padded(low: number, high: number): [number, number] {
  const room = high > low ? 0.06 * (high - low) : Math.max(0.5, Math.abs(low) * 0.1)
  return [low - room, high + room]
}

/** Round values, five or so. */
function ticksOf(low: number, high: number): number[] {
  const rough = (high - low) / 5
  const scale = 10 ** Math.floor(Math.log10(rough))
  const step = scale * ([1, 2, 5, 10].find((factor) => factor * scale >= rough) ?? 10)
  const ticks: number[] = []
  for (let i = Math.ceil(low / step); i * step <= high; i++) ticks.push(Number((i * step).toPrecision(12)))
  return ticks
}

function numberText(value: number): string {
  return String(value).replace('-', '−')
}
