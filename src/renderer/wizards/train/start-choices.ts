import { type Workspace } from '../../../shared/api.ts'
import { type Prepared } from '../../../shared/masks.ts'
import { trainWords } from '../../text/train.ts'
import { type ChoiceCard } from '../choice-card.ts'

/** What a training on this version can begin with; what cannot says why. */
export function startChoices({ tile, channels }: Prepared, { builtIn, runs }: Workspace): ChoiceCard[] {
  const other = (resolution: number, isColour: boolean): string | undefined => {
    if (resolution !== tile) return trainWords.otherTile(resolution, tile)
    return isColour === (channels === 'rgb') ? undefined : trainWords.otherChannels
  }
  return [
    { value: '', ...trainWords.nothing },
    ...builtIn.map((model) => ({
      value: model.name,
      title: model.name,
      text: trainWords.builtIn(model.classes.join(', ')),
      why: model.tile === tile ? undefined : trainWords.otherTile(model.tile, tile)
    })),
    ...runs
      .filter(({ iteration, missing }) => iteration > 0 && missing !== true)
      .map(({ id, name, iteration, settings: { network } }) => ({
        value: id,
        title: name,
        text: trainWords.own(iteration),
        why: other(network.resolution, network.imageChannels === 3)
      }))
  ]
}
