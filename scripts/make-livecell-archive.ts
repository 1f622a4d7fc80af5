import { parseArgs } from 'node:util'
import { z } from 'zod'
import { makeLivecellArchive } from './livecell/archive.ts'

/**
 * Makes an archive in LIVECell's published layout, with drawn cells, to try imports of any size:
 *
 *     node scripts/make-livecell-archive.ts FOLDER [--images 5000] [--cells 320] [--seed 0]
 *
 * FOLDER must not be there. The published size takes some 4 GB. Exits with 2 on wrong usage.
 */
const Numbers = z.object({
  images: z.coerce.number().int().positive(),
  cells: z.coerce.number().positive(),
  seed: z.coerce.number().int()
})

process.exitCode = await main()

async function main(): Promise<number> {
  const wish = readArguments()
  if (wish === undefined) {
    process.stderr.write(
      'Usage: node scripts/make-livecell-archive.ts FOLDER [--images NUMBER] [--cells NUMBER] [--seed NUMBER]\n'
    )
    return 2
  }
  const made = await makeLivecellArchive(wish.folder, wish, (done) => {
    if (done % 100 === 0) process.stderr.write(`${done} of ${wish.images} images\n`)
  })
  process.stdout.write(`${JSON.stringify(made)}\n`)
  return 0
}

function readArguments() {
  const text = (value: string) => ({ type: 'string', default: value }) as const
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: { images: text('5000'), cells: text('320'), seed: text('0') }
    })
    const numbers = Numbers.parse(values)
    return positionals.length === 1 ? { folder: positionals[0] ?? '', ...numbers } : undefined
  } catch {
    return undefined // an option that does not exist, or a number that is none
  }
}
