/** Whole numbers from 0 up to below `limit`. */
export type Dice = (limit: number) => number

/** A stream of numbers that a seed gives again (mulberry32). */
export function diceOf(seed: number): Dice {
  let state = seed >>> 0
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
}

/** One to four damages, one after another. */
export function damage(bytes: Buffer, dice: Dice, isText: boolean): Buffer {
  let result = bytes
  for (let left = 1 + dice(4); left > 0; left--) {
    const kinds = isText && dice(3) > 0 ? textDamages : byteDamages
    const change = kinds[dice(kinds.length)]
    if (result.length > 0 && change !== undefined) result = change(Buffer.from(result), dice)
  }
  return result
}

const extremes = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff]

const byteDamages: readonly ((bytes: Buffer, dice: Dice) => Buffer)[] = [
  (bytes, dice) => {
    const at = dice(bytes.length)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << dice(8))
    return bytes
  },
  (bytes, dice) => {
    const [at, value] = [dice(bytes.length), extremes[dice(extremes.length)] ?? 0]
    if (at + 4 > bytes.length) return bytes
    if (dice(2) === 0) bytes.writeUInt32LE(value, at)
    else bytes.writeUInt32BE(value, at)
    return bytes
  },
  (bytes, dice) => {
    const at = dice(bytes.length)
    if (at + 2 <= bytes.length) bytes.writeUInt16LE((extremes[dice(8)] ?? 0) & 0xffff, at)
    return bytes
  },
  (bytes, dice) => bytes.subarray(0, dice(bytes.length)),
  (bytes, dice) => {
    const [from, to] = [dice(bytes.length), dice(bytes.length)]
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from, from + 1 + dice(64)), bytes.subarray(to)])
  },
  (bytes, dice) => {
    const at = dice(bytes.length)
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + dice(32))])
  },
  (bytes, dice) => {
    const noise = Buffer.from(Array.from({ length: 1 + dice(16) }, () => dice(256)))
    const at = dice(bytes.length)
    return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)])
  }
]

const oddValues = [
  '-1', '0', '1e308', '-1e308', '1e-320', '99999999999999999999', '4294967296', '2147483648', '65536', '0.5', 'null', 'true',
  '[]', '{}', '""', '"x"', '[[[[]]]]', '{"__proto__":1}', '"../../x"', '"\\u0000"', '"/dev/zero"', '[1e9,1e9]'
] // prettier-ignore

/** A piece of JSON that a program may stumble over. */
export function oddValue(dice: Dice): string {
  return oddValues[dice(oddValues.length)] ?? ''
}

/** Damaged twice, a list would be longer than a text can be. */
const longestList = 2 ** 24 // characters

/** Numbers, words and brackets change places with odd ones. */
const textDamages: readonly ((bytes: Buffer, dice: Dice) => Buffer)[] = [
  (bytes, dice) => replaceOne(bytes, /-?\d+(?:\.\d+)?/g, () => oddValue(dice), dice),
  (bytes, dice) => replaceOne(bytes, /"[^"]*"/g, () => oddValue(dice), dice),
  (bytes, dice) => replaceOne(bytes, /[[\]{},:]/g, () => '[]{},:'[dice(6)] ?? '', dice),
  (bytes, dice) =>
    replaceOne(
      bytes,
      /\[[^[\]]*\]/g,
      (found) => {
        const times = Math.min(dice(2000), Math.floor(longestList / found.length))
        return `[${`${found.slice(1, -1)},`.repeat(times)}0]`
      },
      dice
    ),
  (bytes, dice) => replaceOne(bytes, /\[/g, () => '['.repeat(1 + dice(5000)), dice)
]

function replaceOne(bytes: Buffer, pattern: RegExp, by: (found: string) => string, dice: Dice): Buffer {
  const text = bytes.toString('latin1')
  const places = [...text.matchAll(pattern)]
  const place = places[dice(Math.max(1, places.length))]
  if (place === undefined) return bytes
  const [found] = place
  return Buffer.from(text.slice(0, place.index) + by(found) + text.slice(place.index + found.length), 'latin1')
}
