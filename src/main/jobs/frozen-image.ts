import { type AppError, refuse } from '../../shared/errors.ts'
import { type Prepared } from '../../shared/masks.ts'
import { type MaskCode, type NetworkSettings, type TrainingSettings } from '../../shared/training.ts'
import { maskPlanes } from '../masks/mask-code.ts'

/** What is asked of a run in which the image of a model stays as it is. */
interface FrozenWish {
  readonly mask?: boolean | undefined
  readonly maskCode?: MaskCode | undefined
  readonly unannotated?: string | undefined
}

/** What the data have: it has to be what the model knows. */
type Shape = Pick<NetworkSettings, 'resolution' | 'imageChannels' | 'classes'>

/**
 * The networks of a model whose image stays as it is: the mask gets layers of its own, and a discriminator of its own.
 *
 * @throws AppError of kind `input` where that cannot be
 */
export function frozenNetwork(
  wish: FrozenWish,
  { name, grayLevels }: Prepared,
  shape: Shape,
  model: NetworkSettings
): NetworkSettings {
  if (wish.mask === false) throw refuse('Where the image stays as it is, there is only a mask to learn.', leaveOut)
  if (wish.unannotated !== undefined) {
    throw refuse('Images without annotation teach the image, which is to stay as it is.', leaveOut)
  }
  const different = differences(shape, model)
  if (different !== undefined) throw doesNotFit(name, different)
  const makesMask = model.maskChannels > 0
  const maskCode = makesMask ? model.maskCode : (wish.maskCode ?? 'gray')
  return {
    ...model,
    maskCode,
    maskChannels: makesMask ? model.maskChannels : maskPlanes(maskCode, grayLevels),
    maskBranch: model.maskBranch === 'none' ? (makesMask ? 'beside' : 'alone') : model.maskBranch,
    discriminators: 'separate'
  }
}

/** What concerns the image alone is off: it would change it, or has nothing to act on. */
export function withoutImageLosses(settings: TrainingSettings): TrainingSettings {
  return {
    ...settings,
    freeze: 'image',
    alignClassesUntil: 0,
    d2dCrossEntropy: { ...settings.d2dCrossEntropy, weight: 0 },
    pathLength: { ...settings.pathLength, interval: 0 },
    leCam: { ...settings.leCam, weight: 0 }
  }
}

export function refuseWithoutModel(): AppError {
  return refuse('Only the image of a model can stay as it is, and none was named to start from.', {
    next: 'Name the model whose masks are to be learned.'
  })
}

const leaveOut = { next: 'Leave out one of the two wishes.' }

function differences(shape: Shape, model: NetworkSettings): string | undefined {
  if (shape.resolution !== model.resolution)
    return `tiles of ${shape.resolution} pixels, and the model makes ${model.resolution}`
  if (shape.imageChannels !== model.imageChannels)
    return model.imageChannels === 1
      ? 'colour tiles, and the model makes gray ones'
      : 'gray tiles, and the model makes colour'
  if (shape.classes !== model.classes) return `${shape.classes} classes, and the model knows ${model.classes}`
  return undefined
}

function doesNotFit(name: string, different: string): AppError {
  return refuse(`The model's image cannot stay as it is: "${name}" has ${different}.`, {
    next: 'Prepare the data set as the model needs it, or let the whole model go on learning.',
    remedies: [{ action: 'prepare-again' }]
  })
}
