import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { refuse } from '../../shared/errors.ts'
import { type BuiltInModel, StarterCard, starterName } from '../../shared/starter.ts'
import { type AppContext } from './app-context.ts'

/** A built-in model: its card, and the folder that holds its `checkpoints/`. */
export interface OnBoard {
  readonly name: string
  readonly folder: string
  readonly card: StarterCard
}

/** What built-in models there are: every folder of the resources that has a card is one, under the folder's name. */
export function builtInNames({ environment }: Pick<AppContext, 'environment'>): string[] {
  const { resources } = environment
  if (!existsSync(resources)) return []
  return readdirSync(resources)
    .filter((name) => existsSync(cardFile(resources, name)))
    .sort()
}

/** The built-in models, for lists. A damaged one is left out: whoever asks for it hears why. */
export function listBuiltIn(app: AppContext): BuiltInModel[] {
  return builtInNames(app).flatMap((name) => {
    const card = readCard(cardFile(app.environment.resources, name)).data
    if (card === undefined) return []
    const { classes, prepared, trainedOn, imagesSeen, truncation, score, limitations, license } = card
    return [{ name, classes, tile: prepared.tile, trainedOn, imagesSeen, truncation, score, limitations, license }]
  })
}

/** Undefined where no built-in model has this name. @throws AppError of kind `input` for a damaged one */
export function findBuiltIn(app: AppContext, name: string): OnBoard | undefined {
  return builtInNames(app).includes(name) ? onBoard(app, name) : undefined
}

/** The one that the sample continues. @throws AppError of kind `input` where there is none */
export function requireStarter(app: AppContext): OnBoard {
  return onBoard(app, starterName)
}

function onBoard({ environment: { resources } }: AppContext, name: string): OnBoard {
  const file = cardFile(resources, name)
  const { data: card, error: cause } = readCard(file)
  if (card !== undefined) return { name, folder: join(resources, name), card }
  throw refuse(`This installation has no built-in model "${name}", or its file is damaged.`, {
    file,
    remedies: [{ action: 'make', kind: 'run' }],
    cause
  })
}

function cardFile(resources: string, name: string): string {
  return join(resources, name, 'model.json')
}

function readCard(file: string): { readonly data?: StarterCard | undefined; readonly error?: unknown } {
  try {
    return StarterCard.safeParse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    return { error }
  }
}
