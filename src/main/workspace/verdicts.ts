import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { Verdict } from '../../shared/pictures.ts'
import { type SyntheticImage } from '../../shared/synthetic.ts'
import { writeFileAtomic } from '../files/atomic-write.ts'
import { jsonOf } from '../files/json-or-nothing.ts'

/** `synthetic/<id>/verdicts.json`: what a person said of pictures, by their files. */
const Verdicts = z.record(z.string(), Verdict)

/** Beside the pictures, from which the catalogue can be made anew. Tells how many are rejected. */
export async function writeVerdicts(folder: string, images: readonly SyntheticImage[]): Promise<number> {
  const judged = images.flatMap(({ file, verdict }) => (verdict === undefined ? [] : [[file, verdict] as const]))
  await writeFileAtomic(join(folder, 'verdicts.json'), JSON.stringify(Object.fromEntries(judged)))
  return judged.filter(([, verdict]) => verdict === 'rejected').length
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
