/** Where an entry stands in the file, as the directory says. */
export interface Placed {
  readonly name: string
  /** Of its own header. */
  readonly start: number
  readonly nameBytes: number
  readonly packedBytes: number
}

const headerBytes = 30
const endRecordBytes = 22
/** The end record and its locator that a zip of more than 4 GiB or 65,534 entries has in addition. */
const zip64EndBytes = 56 + 20

/** Bytes that belong to two entries, or to an entry and the directory. */
export function layoutProblem(entries: readonly Placed[], directoryStart: number): string | undefined {
  let end = 0
  for (const { name, start, packedBytes } of entries.toSorted((a, b) => a.start - b.start)) {
    if (start < end) return `${name} shares bytes with another entry`
    end = start + headerBytes + packedBytes
  }
  return end > directoryStart ? 'its last entry reaches into its directory' : undefined
}

/**
 * Bytes that belong to two entries, or to none.
 *
 * @param tail bytes after the directory, without the comment
 */
export function strictLayoutProblem(
  entries: readonly Placed[],
  directoryStart: number,
  tail: number
): string | undefined {
  let end = 0
  for (const { name, start, nameBytes, packedBytes } of entries) {
    if (start !== end) return `there are bytes before ${name} that belong to no entry, or to two`
    end += headerBytes + nameBytes + packedBytes
  }
  const isWhole = end === directoryStart && [endRecordBytes, endRecordBytes + zip64EndBytes].includes(tail)
  return isWhole ? undefined : 'there are bytes in it that belong to no entry'
}
