import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { Verdict } from '../../shared/pictures.ts'
import { type SyntheticImage } from '../../shared/synthetic.ts'
import { writeFileAtomic } from '../files/atomic-write.ts'
import { jsonOf } from '../files/json-or-nothing.ts'

/** `synthetic/<id>/verdicts.json`: what a person said of pictures, by their files. */
const Verdicts = z.record(z.string(), Verdict)

/**
 * Writes verdicts beside the pictures, from which the catalogue can be made anew. Of several who write at the same time,
 * the last to finish sees to it that the latest verdicts stay.
 */
export async function writeVerdicts(
  folder: string,
  current: () => ReadonlyMap<string, Verdict>
): Promise<ReadonlyMap<string, Verdict>> {
  let written: string
  let verdicts: ReadonlyMap<string, Verdict>
  do {
    verdicts = current()
    written = textOf(verdicts)
    await writeFileAtomic(join(folder, 'verdicts.json'), written)
  } while (textOf(current()) !== written)
  return verdicts
}

function textOf(verdicts: ReadonlyMap<string, Verdict>): string {
  return JSON.stringify(Object.fromEntries(verdicts))
}

/** The pictures of a set with what was said of them; a file that is damaged says nothing. */
export async function withVerdicts(folder: string, images: readonly SyntheticImage[]): Promise<SyntheticImage[]> {
  const text = await readFile(join(folder, 'verdicts.json'), 'utf8').catch(() => '{}')
  const verdicts = Verdicts.safeParse(jsonOf(text)).data ?? {}
  return images.map(({ verdict: _, ...image }) => {
    const verdict = verdicts[image.file]
    return verdict === undefined ? image : { ...image, verdict }
  })
}
