import { type Command, InvalidArgumentError, Option } from 'commander'
import {
  DrawnOn,
  type ImportResult,
  type InspectedFile,
  type InspectResult,
  PlaneChoice,
  SourceFormat
} from '../../shared/datasets.ts'
import { AppError } from '../../shared/errors.ts'
import { type CommonOptions, type Host } from './host.ts'
import { count, wholeNumber } from './numbers.ts'

export interface ImportOptions extends CommonOptions {
  readonly format: string
  readonly images?: string
  readonly annotations?: string
  readonly classFrom?: string
  readonly timeFrom?: string
  readonly groupFrom?: string
  readonly maxImages?: number
  readonly objects?: 'cells' | 'nuclei'
  readonly drawnOn?: DrawnOn
  readonly axes?: PlaneChoice['axes']
  readonly channels?: number[]
  readonly z?: number
  readonly t?: number
}

interface NamedImport extends ImportOptions {
  readonly name?: string
  readonly dryRun?: boolean
}

export function addImport(program: Command, host: Host): void {
  const command = program
    .command('import')
    .description('import a folder or file of annotated images; originals are only read')
    .argument('<source>', 'folder, annotation file, or zip of either')
    .option('--name <name>', 'name of the data set')
  addImportOptions(command)
    .option('--dry-run', 'only look: show what each file is, what would be refused and why')
    .action(async (source: string, options: NamedImport) => {
      const { workspace, name, dryRun, ...rest } = options
      const input = importInput(source, rest)
      if (dryRun === true) {
        const result = await host.request('datasets.inspect', input, workspace)
        host.print(result, inspectSentences(result))
        return
      }
      if (name === undefined) throw new AppError('usage', 'The data set needs a name: --name NAME.')
      const result = await host.request('datasets.import', { ...input, name }, workspace)
      host.print(result, importSentences(result))
    })
}

/** What can be chosen of an import, and of a look before it. */
export function addImportOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--format <format>', 'how the annotation is stored').choices(SourceFormat.options).default('auto')
    )
    .option('--images <folder>', 'folder of the images, if they are not in the source')
    .option('--annotations <file>', 'annotation file, if it is not in the source')
    .option('--class-from <rule>', 'where the class comes from: category, folder, column:NAME, filename:REGEX or none')
    .option('--time-from <rule>', 'where the time comes from: filename:REGEX or none')
    .option('--group-from <rule>', 'what tells the well, plate or donor, which a split never parts: filename:REGEX')
    .option('--max-images <number>', 'import at most this many images', wholeNumber)
    .addOption(
      new Option('--objects <kind>', 'which objects are the cells, where both are marked').choices(['cells', 'nuclei'])
    )
    .addOption(
      new Option(
        '--drawn-on <grid>',
        'what the cells of pictures with an EXIF orientation are drawn on: the picture as shown, or as stored'
      ).choices(DrawnOn.options)
    )
    .addOption(
      new Option('--axes <axes>', 'what the pages of a stack are: channels, depths or times').choices([
        'CYX',
        'ZYX',
        'TYX'
      ])
    )
    .option(
      '--channels <list>',
      'channels to use: 2 takes one as gray, 3,1,2 as red, green and blue, - leaves a colour empty',
      channelList
    )
    .option('--z <number>', 'depth to use in a stack, from 1', wholeNumber)
    .option('--t <number>', 'time point to use in a stack, from 1', wholeNumber)
}

export function importInput(source: string, options: ImportOptions) {
  const { workspace: _workspace, json: _json, format, axes, channels, z, t, ...rest } = options
  return { source, ...rest, format: SourceFormat.parse(format), planes: { axes, channels, z, t } }
}

/** "-,1,2" → [0, 1, 2] */
function channelList(text: string): number[] {
  const channels = text.split(',').map((part) => (part.trim() === '-' ? 0 : wholeNumber(part.trim())))
  const parsed = PlaneChoice.shape.channels.safeParse(channels)
  if (parsed.success) return channels
  throw new InvalidArgumentError('It must be one to three channels from 1 up, such as 2 or 3,1,2 or -,1,2.')
}

function importSentences({ dataset, refused, warnings }: ImportResult): string {
  return [
    `"${dataset.name}" holds ${count(dataset.images, 'image')}, ${dataset.annotated} annotated with ${count(dataset.cells, 'cell')}.`,
    ...classLines(dataset.classes),
    ...problemLines('Refused', refused),
    ...warningLines(warnings)
  ].join('\n')
}

const shownFiles = 20

function inspectSentences(result: InspectResult): string {
  const { format, reason, files, totals, classes, refused, warnings, corrections } = result
  const good = files.filter(({ problem }) => problem === undefined)
  return [
    `Looks like "${format}", because ${reason}.`,
    `${totals.usable} of ${count(totals.files, 'file')} can be imported, ${totals.annotated} annotated with ${count(totals.cells, 'cell')}. Nothing was written.`,
    ...classLines(classes),
    ...good.slice(0, shownFiles).map(fileLine),
    ...(good.length > shownFiles ? [`  … and ${good.length - shownFiles} more (--json lists all)`] : []),
    ...problemLines('Would be refused', refused),
    ...warningLines(warnings),
    'To correct it for all files at once:',
    ...corrections.map(({ option, what }) => `  ${asOptions(option)}: ${what}`)
  ].join('\n')
}

/** Field names of the request as options of the command. */
function asOptions(names: string): string {
  return names.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replace(/\b(?<![-\w])(?=\w)/g, '--')
}

function fileLine(file: InspectedFile): string {
  const { width, height, channels, bits, pixelSize, ranges, class: className, annotated, cells } = file
  const size = pixelSize ? `, ${Number(pixelSize.x.toPrecision(4))} µm a pixel` : ''
  const values = ranges
    ? `, values ${ranges.map(({ low, high }) => `${Number(low.toPrecision(5))} to ${Number(high.toPrecision(5))}`).join(' and ')} become 0 to 255`
    : ''
  const marked = annotated ? count(cells, 'cell') : 'not annotated'
  return `  ${file.file}  ${width ?? '?'}×${height ?? '?'}, ${count(channels ?? 0, 'channel')}, ${bits ?? '?'} bits${size}${values}  ${className}  ${marked}`
}

function classLines(classes: ImportResult['dataset']['classes']): string[] {
  return classes.map(
    ({ name, images, annotated, cells }) =>
      `  ${name}: ${count(images, 'image')}, ${annotated} annotated with ${count(cells, 'cell')}`
  )
}

function problemLines(title: string, refused: ImportResult['refused']): string[] {
  if (refused.length === 0) return []
  return [`${title} (${refused.length}):`, ...refused.map(({ file, reason }) => `  ${file}: ${reason}`)]
}

function warningLines(warnings: ImportResult['warnings']): string[] {
  if (warnings.length === 0) return []
  return [
    'Worth knowing:',
    ...warnings.map(({ file, reason }) => `  ${file === undefined ? '' : `${file}: `}${reason}`)
  ]
}
