import {
  type DatasetImage,
  type InspectedFile,
  type InspectRequest,
  type InspectResult,
  FormatName
} from '../../shared/datasets.ts'
import { countClasses } from './class-counts.ts'
import { type ImportOptions, resolveFormat, takeAll, type Taken } from './import-dataset.ts'
import { ImportLog } from './import-log.ts'
import { warnOfSparseAnnotation } from './sparse-annotation.ts'
import { withArchivesUnpacked } from './zip-source.ts'

/**
 * Looks at a source as an import would read it, and keeps nothing: what each file is, what would be refused and why,
 * and which choices would change it. With `maxImages` only some files are tried, spread over all.
 *
 * @throws AppError of kind `input` where nothing is known as annotated images
 */
export async function inspectSource(request: InspectRequest, options: InspectOptions = {}): Promise<InspectResult> {
  const { scratch } = options
  if (scratch === undefined) return inspectPlace(request, options)
  const unpack = { signal: options.signal, onProgress: options.onUnpacked }
  return withArchivesUnpacked(request, scratch, unpack, (place) => inspectPlace(place, options))
}

export interface InspectOptions extends ImportOptions {
  /** A folder that may be made to unpack archives in, and is removed in the end; without it they stay packed. */
  readonly scratch?: string | undefined
}

async function inspectPlace(request: InspectRequest, options: ImportOptions): Promise<InspectResult> {
  const log = new ImportLog()
  const { format, reason } = await resolveFormat(request)
  const taken = await takeAll(request, format, undefined, log, options)
  const images = taken.flatMap(({ image }) => image ?? [])
  warnOfSparseAnnotation(images, log)
  return {
    format,
    reason,
    files: taken.map(describe),
    totals: {
      files: taken.length,
      usable: images.length,
      annotated: images.filter(({ annotated }) => annotated).length,
      cells: images.reduce((sum, { cells }) => sum + cells, 0)
    },
    classes: countClasses(images),
    refused: log.refused,
    warnings: log.warnings,
    corrections: corrections(request, images, taken)
  }
}

function describe({ planned, image, problem }: Taken): InspectedFile {
  const { file, class: className, time, split } = planned
  const common = { file, class: className, time, split }
  if (!image) return { ...common, annotated: false, cells: 0, problem }
  const { width, height, channels, bits, pixelSize, ranges, taken, annotated, cells } = image
  return { ...common, width, height, channels, bits, pixelSize, ranges, taken, annotated, cells }
}

/** Only what could matter for these files is offered. */
function corrections(
  { classFrom, timeFrom }: InspectRequest,
  images: readonly DatasetImage[],
  taken: readonly Taken[]
): InspectResult['corrections'] {
  const hasProblems = taken.some(({ problem }) => problem !== undefined)
  const hasPlanes = hasProblems || images.some(({ channels, taken: part }) => channels > 1 || part !== undefined)
  return [
    {
      option: 'format',
      what: `read it as another format: ${FormatName.options.join(', ')}`
    },
    {
      option: 'images, annotations',
      what: 'name the folder of the pictures, and the file or folder that marks the cells'
    },
    ...(hasPlanes
      ? [
          {
            option: 'channels',
            what: 'take one channel as gray (2), or up to three as colours (3,1,2; - leaves a colour empty)'
          },
          { option: 'axes', what: 'say what the pages of stacks are: CYX channels, ZYX depths, TYX times' },
          { option: 'z, t', what: 'choose the depth and the time to take from stacks' }
        ]
      : []),
    ...(hasProblems
      ? [{ option: 'drawnOn', what: 'say what cells of pictures that are shown turned are drawn on: shown, stored' }]
      : []),
    {
      option: 'classFrom',
      what: `find classes another way${classFrom === undefined ? '' : ` than ${classFrom}`}: category, folder, filename:REGEX, none`
    },
    ...(timeFrom === undefined && images.every(({ time }) => time === undefined)
      ? [{ option: 'timeFrom', what: 'read times from the file names: filename:REGEX' }]
      : []),
    { option: 'groupFrom', what: 'keep wells, plates or donors together in a split: filename:REGEX' }
  ]
}
