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
      next: 'Choose for all files what they are: channels (CYX), depths (ZYX) or times (TYX).',
      remedies: [{ action: 'set-option', option: 'axes' }]
    })
  }
  const z = chooseOne(path, 'z', stack.sizeZ, choice.z)
  const t = chooseOne(path, 't', stack.sizeT, choice.t)
  return chooseChannels(path, stack, choice.channels).map((channel) =>
    channel === 0 ? undefined : placeOf(path, stack, channel - 1, z, t)
  )
}

/** The plane's index from 0. */
function chooseOne(path: string, option: 'z' | 't', size: number, chosen: number | undefined): number {
  const [one, all] = option === 'z' ? ['depth', 'depths'] : ['time', 'times']
  const remedies = [{ action: 'set-option', option }] as const
  if (chosen === undefined && size > 1) {
    throw refuse(`${path} holds ${size} ${all}, and only one is used.`, {
      file: path,
      next: `Choose the ${one} for all files, from 1 to ${size}.`,
      remedies
    })
  }
  const index = (chosen ?? 1) - 1
  if (index < size) return index
  throw refuse(`${path} holds ${size} ${size === 1 ? one : all}, and ${one} ${index + 1} is not among them.`, {
    file: path,
    next: size === 1 ? `Choose ${one} 1.` : `Choose the ${one} from 1 to ${size}.`,
    remedies
  })
}

/** Numbers from 1; 0 for a colour that stays black. */
function chooseChannels(path: string, { sizeC, channelNames }: TiffStack, chosen: readonly number[] | undefined) {
  const names = channelNames.some((name) => name !== '') ? ` (${channelNames.join(', ')})` : ''
  if (chosen === undefined) {
    if (sizeC <= mostChannels) return Array.from({ length: sizeC }, (_, c) => c + 1)
    throw refuse(`${path} holds ${sizeC} channels${names}, and at most three are used.`, {
      file: path,
      next: 'Choose them for all files: “2” takes one as gray, “3,1,2” takes three as red, green and blue, “-,1,2” leaves red empty.',
      remedies: [{ action: 'set-option', option: 'channels' }]
    })
  }
  const missing = chosen.find((channel) => channel > sizeC)
  if (missing === undefined) return [...chosen]
  throw refuse(`${path} holds ${sizeC} channels${names}, and channel ${missing} is not among them.`, {
    file: path,
    next: `Choose channels from 1 to ${sizeC}.`,
    remedies: [{ action: 'set-option', option: 'channels' }]
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
