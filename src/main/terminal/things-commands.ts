import { type Command, Option } from 'commander'
import type { Output } from '../../shared/api.ts'
import { AppError } from '../../shared/errors.ts'
import type { OriginEntry } from '../../shared/tending.ts'
import { ThingKind, type ThingSummary } from '../../shared/things.ts'
import type { CommonOptions, Host } from './host.ts'
import { bytes, count } from './numbers.ts'

interface KindOptions extends CommonOptions {
  readonly kind?: ThingKind
}

/** rename, note, trash, restore, storage, origin, where */
export function addThingsCommands(program: Command, host: Host): void {
  addNaming(program, host)
  addTrash(program, host)
  addLooking(program, host)
  addPlace(program, host)
}

const kindOption = () =>
  new Option('--kind <kind>', 'kind of thing, if several have this name').choices(ThingKind.options)

function addNaming(program: Command, host: Host): void {
  program
    .command('rename')
    .description('rename a data set, prepared set, run, segmentation model, synthetic set, package or study')
    .argument('<name>', 'name or id')
    .argument('<new-name>', 'its new name')
    .addOption(kindOption())
    .action(async (thing: string, name: string, { workspace, kind }: KindOptions) => {
      const result = await host.request('things.rename', { thing, name, ...(kind && { kind }) }, workspace)
      host.print(result, `It is called "${result.thing.name}" now.`)
    })
  program
    .command('note')
    .description('attach a note to a thing; an empty text removes it')
    .argument('<name>', 'name or id')
    .argument('<text>', 'the note')
    .addOption(kindOption())
    .action(async (thing: string, note: string, { workspace, kind }: KindOptions) => {
      const result = await host.request('things.note', { thing, note, ...(kind && { kind }) }, workspace)
      const { name, note: kept } = result.thing
      host.print(result, kept === undefined ? `"${name}" has no note.` : `"${name}": ${kept}`)
    })
}

interface TrashOptions extends KindOptions {
  readonly withDependents?: boolean
  readonly alone?: boolean
  readonly empty?: boolean
}

function addTrash(program: Command, host: Host): void {
  program
    .command('trash')
    .description('move things to the trash, list it, or empty it')
    .argument('[names...]', 'names or ids; without any, the trash is listed')
    .addOption(kindOption())
    .addOption(new Option('--with-dependents', 'include the things that need these').conflicts('alone'))
    .option('--alone', 'only these things, even if others need them')
    .option('--empty', 'permanently remove what is in the trash')
    .action(async (things: string[], options: TrashOptions) => {
      if (options.empty === true && things.length > 0) {
        throw new AppError('usage', 'The trash is emptied as a whole: --empty takes no names.')
      }
      if (options.empty === true) return emptyTrash(host, options)
      return things.length === 0 ? listTrash(host, options) : trash(host, things, options)
    })
  program
    .command('restore')
    .description('take a thing out of the trash, with what it needs')
    .argument('<name>', 'name or id')
    .addOption(kindOption())
    .action(async (thing: string, { workspace, kind }: KindOptions) => {
      const result = await host.request('things.restore', { thing, ...(kind && { kind }) }, workspace)
      host.print(result, `Restored: ${listed([result.thing, ...result.along])}.`)
    })
}

async function trash(host: Host, things: string[], options: TrashOptions): Promise<void> {
  const { workspace, kind, withDependents, alone } = options
  const needing = withDependents === true ? 'take' : alone === true ? 'leave' : 'ask'
  const result = await host.request('things.trash', { things, needing, ...(kind && { kind }) }, workspace)
  const { trashed, needed = [] } = result
  if (trashed.length === 0) {
    host.refused(result, `${things.map((name) => `"${name}"`).join(', ')}: needed by ${listed(needed)}.`, {
      next: 'With --alone it is moved anyway; what needs it works again once it is restored.',
      remedies: [{ action: 'trash-with', names: [...things, ...needed.map(({ id }) => id)] }]
    })
  }
  const left = needed.length === 0 ? '' : `\nUntil it is restored, these cannot be used: ${listed(needed)}.`
  host.print(result, `In the trash: ${listed(trashed)}.${left}`)
}

async function listTrash(host: Host, { workspace }: TrashOptions): Promise<void> {
  const result = await host.request('things.inTrash', {}, workspace)
  const lines = result.things.map((thing) => {
    const needed = thing.neededBy.length === 0 ? '' : `; needed by ${listed(thing.neededBy)}`
    return `${inWords(thing)}, ${bytes(thing.bytes)}, since ${thing.trashed ?? ''}${needed}`
  })
  host.print(result, lines.length === 0 ? 'The trash is empty.' : lines.join('\n'))
}

async function emptyTrash(host: Host, { workspace }: TrashOptions): Promise<void> {
  const result = await host.request('things.emptyTrash', {}, workspace)
  const kept = result.kept.map((file) => `${file} lies outside the workspace and was left there.`)
  host.print(
    result,
    [`${count(result.removed.length, 'thing')} removed; ${bytes(result.bytes)} are free again.`, ...kept].join('\n')
  )
}

function addLooking(program: Command, host: Host): void {
  program
    .command('storage')
    .description('show what takes how much disk space')
    .action(async ({ workspace }: CommonOptions) => {
      const result = await host.request('things.storage', {}, workspace)
      host.print(result, storageLines(result).join('\n'))
    })
  program
    .command('origin')
    .description('show what a thing was made from and what was made from it')
    .argument('<name>', 'name or id')
    .addOption(kindOption())
    .action(async (thing: string, { workspace, kind }: KindOptions) => {
      const result = await host.request('things.origin', { thing, ...(kind && { kind }) }, workspace)
      const { from, usedBy } = result.origin
      host.print(
        result,
        [
          capital(inWords(result.thing)),
          ...(from.length === 0
            ? ['  was made from nothing that is known here']
            : from.map((each) => `  from ${entry(each)}`)),
          ...(usedBy.length === 0 ? ['  is used by nothing here'] : usedBy.map((each) => `  used by ${entry(each)}`))
        ].join('\n')
      )
    })
}

interface PlaceOptions extends KindOptions {
  readonly file?: string
}

function addPlace(program: Command, host: Host): void {
  program
    .command('where')
    .description('show where the files of a thing are')
    .argument('<name>', 'name or id')
    .addOption(kindOption())
    .option('--file <path>', 'a file below its folder')
    .action(async (thing: string, { workspace, kind, file }: PlaceOptions) => {
      const result = await host.request(
        'things.place',
        { thing, ...(kind && { kind }), ...(file && { file }) },
        workspace
      )
      host.print(result, result.path)
    })
}

function storageLines({ bytes: sums, things }: Output<'things.storage'>): string[] {
  const parts = [
    ['data sets', sums.datasets],
    ['prepared sets', sums.prepared],
    ['runs', sums.runs],
    ['segmentation models', sums.segmenters],
    ['synthetic sets', sums.synthetic],
    ['packages', sums.packages],
    ['studies', sums.studies],
    ['trash', sums.trash],
    ['other', sums.other]
  ] as const
  const marks = (thing: ThingSummary) =>
    `${thing.trashed === undefined ? '' : ' (in the trash)'}${thing.missing === true ? ' (its files are missing)' : ''}`
  return [
    `The workspace takes ${bytes(sums.total)}; ${bytes(sums.free)} are free on its disk.`,
    ...parts.map(([name, size]) => `  ${name}: ${bytes(size)}`),
    ...things.map((thing) => `${bytes(thing.bytes)}  ${inWords(thing)}${marks(thing)}`)
  ]
}

const nouns = {
  dataset: 'data set',
  prepared: 'prepared set',
  run: 'run',
  segmenter: 'segmentation model',
  synthetic: 'synthetic set',
  package: 'package',
  study: 'study',
  'built-in': 'built-in model',
  file: 'file'
}

function inWords({ kind, name }: Pick<ThingSummary, 'kind' | 'name'> | OriginEntry): string {
  return `the ${nouns[kind]} "${name}"`
}

function listed(things: readonly ThingSummary[]): string {
  return things.map(inWords).join(', ')
}

function entry(each: OriginEntry): string {
  if (each.trashed !== undefined) return `${inWords(each)} (in the trash)`
  return each.missing === true ? `${inWords(each)} (no longer here)` : inWords(each)
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}
