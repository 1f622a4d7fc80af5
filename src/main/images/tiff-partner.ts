import { type PlaneChoice } from '../../shared/datasets.ts'
import { refuse } from '../../shared/errors.ts'
import { type StackSizes, type TiffStack } from './tiff-stack.ts'

/** The stack of a picture, and what was chosen of it, for a file that belongs to it. */
export interface PictureStack {
  readonly planes?: PlaneChoice
  readonly stack?: StackSizes | undefined
}

/**
 * Which planes of a label image belong to those that were chosen of its picture: the same depth and time, where it has as
 * many as the picture; what it says of its pages does not matter where only one axis is possible.
 *
 * @throws AppError of kind `input` where it has others
 */
export function planesLike(path: string, own: TiffStack, { planes = {}, stack = onePlane }: PictureStack): PlaneChoice {
  if (isPlane(own, stack)) return {}
  const { z, t } = planes
  if (own.pages === stack.sizeZ * stack.sizeT) {
    if (stack.sizeT === 1) return { axes: 'ZYX', z }
    if (stack.sizeZ === 1) return { axes: 'TYX', t }
  }
  if (own.sizeZ === stack.sizeZ && own.sizeT === stack.sizeT) return { z, t }
  throw refuse(`${path} is a stack of ${own.pages} label images, and its picture has ${words(stack)}.`, {
    file: path,
    next: 'Save the label image of the plane that the picture shows, or both as stacks of the same planes.'
  })
}

/** Whether there is nothing to choose: one page, or channels beside a picture of one plane. */
function isPlane(own: TiffStack, stack: StackSizes): boolean {
  const hasOnlyChannels = own.says !== 'nobody' && own.sizeZ * own.sizeT === 1
  return own.pages === 1 || (hasOnlyChannels && stack === onePlane)
}

const onePlane: StackSizes = { sizeC: 1, sizeZ: 1, sizeT: 1 }

function words({ sizeZ, sizeT }: StackSizes): string {
  return sizeZ * sizeT === 1 ? 'one plane' : `${sizeZ} depths and ${sizeT} times`
}
