import { type PlaneChoice } from '../../shared/datasets.ts'
import { refuse } from '../../shared/errors.ts'
import { unreadable } from './picture.ts'
import { type TiffStack } from './tiff-stack.ts'

/** One channel of the picture to be: the page and the sample in it that it is read from; `undefined` stays black. */
export type ChannelPlace = { readonly page: number; readonly sample: number } | undefined

const mostChannels = 3

/**
 * Which planes of a stack make up the picture: those that the user chose, or all channels of the only plane there is.
 * Nothing is guessed where several planes could be meant.
 *
 * @throws AppError of kind `input` that says what there is to choose from
 */
export function choosePlanes(path: string, stack: TiffStack, choice: PlaneChoice): ChannelPlace[] {
  if (stack.says === 'nobody' && stack.pages > 1) {
    throw refuse(`${path} is a stack of ${stack.pages} pictures, and does not say what they are.`, {
      file: path,
      next: 'Say it for all files by --axes: CYX for channels, ZYX for depths, TYX for times.'
    })
  }
  const z = chooseOne(path, 'depths', '--z', stack.sizeZ, choice.z)
  const t = chooseOne(path, 'times', '--t', stack.sizeT, choice.t)
  return chooseChannels(path, stack, choice.channels).map((channel) =>
    channel === 0 ? undefined : placeOf(path, stack, channel - 1, z, t)
  )
}

/** The plane's index from 0. */
function chooseOne(path: string, what: string, option: string, size: number, chosen: number | undefined): number {
  if (chosen === undefined && size > 1) {
    throw refuse(`${path} holds ${size} ${what}, and one is taken.`, {
      file: path,
      next: `Choose it for all files by ${option} 1 … ${option} ${size}.`
    })
  }
  const index = (chosen ?? 1) - 1
  if (index < size) return index
  throw refuse(`${path} holds ${size} ${what}, and ${option} ${index + 1} is not among them.`, {
    file: path,
    next: `Choose ${option} 1 … ${option} ${size}.`
  })
}

/** Numbers from 1; 0 for a colour that stays black. */
function chooseChannels(path: string, { sizeC, channelNames }: TiffStack, chosen: readonly number[] | undefined) {
  const names = channelNames.some((name) => name !== '') ? ` (${channelNames.join(', ')})` : ''
  if (chosen === undefined) {
    if (sizeC <= mostChannels) return Array.from({ length: sizeC }, (_, c) => c + 1)
    throw refuse(`${path} holds ${sizeC} channels${names}, and at most three are taken.`, {
      file: path,
      next: 'Choose them for all files: --channels 2 for one as gray, --channels 3,1,2 for red, green and blue, --channels -,1,2 to leave red empty.'
    })
  }
  const missing = chosen.find((channel) => channel > sizeC)
  if (missing === undefined) return [...chosen]
  throw refuse(`${path} holds ${sizeC} channels${names}, and channel ${missing} is not among them.`, {
    file: path,
    next: `Choose --channels from 1 to ${sizeC}.`
  })
}

function placeOf(path: string, stack: TiffStack, c: number, z: number, t: number): ChannelPlace {
  const page = stack.pageOf(stack.channelsAreSamples ? 0 : c, z, t)
  if (typeof page === 'string') {
    throw refuse(`${path} is one file of several, and the chosen plane is in ${page}.`, {
      file: path,
      next: 'Save the set as one OME-TIFF, or import the file that holds the plane.'
    })
  }
  if (page === undefined || !(page >= 0 && page < stack.pages)) {
    throw unreadable(
      path,
      `its metadata promises a plane (channel ${c + 1}, depth ${z + 1}, time ${t + 1}) that it does not hold`
    )
  }
  return { page, sample: stack.channelsAreSamples ? c : 0 }
}
