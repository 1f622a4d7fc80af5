import { type Workspace } from '../../../shared/api.ts'
import { count, date, fileSize, number, percent, score } from '../../text/common.ts'
import { runStates, workspaceWords } from '../../text/home.ts'

export interface Holding {
  readonly key: string
  /** It comes with the program, and stays as it is. */
  readonly isBuiltIn?: true
  readonly name: string
  readonly facts: string
  readonly created: string
  /** Empty where there is none. */
  readonly note: string
}

export interface HoldingGroup {
  readonly title: string
  readonly items: readonly Holding[]
}

/** What the workspace holds, in the order in which things are made of each other; kinds without any are left out. */
export function holdings(workspace: Workspace): HoldingGroup[] {
  const groups = [
    { title: workspaceWords.datasets, items: workspace.datasets.map(dataset) },
    { title: workspaceWords.prepared, items: workspace.prepared.map(prepared) },
    { title: workspaceWords.runs, items: [...workspace.runs.map(run), ...workspace.builtIn.map(builtIn)] },
    { title: workspaceWords.synthetic, items: workspace.synthetic.map(synthetic) },
    { title: workspaceWords.packages, items: workspace.packages.map(storedPackage) }
  ]
  return groups.filter(({ items }) => items.length > 0)
}

function dataset(item: Workspace['datasets'][number]): Holding {
  const facts = `${count(item.images, 'image')}, ${number(item.annotated)} with outlines, ${count(item.cells, 'cell')}`
  return holding(item, facts)
}

function prepared(item: Workspace['prepared'][number]): Holding {
  const masks = item.unannotated ? 'without outlines' : `masks agree ${percent(item.roundTrip.AP)} with the outlines`
  return holding(item, `tiles of ${item.tile} × ${item.tile} pixels, ${masks}`)
}

function run(item: Workspace['runs'][number]): Holding {
  const quality = item.best === undefined ? 'no score yet' : `best score ${score(item.best.value)}`
  return holding(item, `${runStates[item.state]}, ${quality}`)
}

function builtIn({ name, classes, tile, trainedOn, limitations = '' }: Workspace['builtIn'][number]): Holding {
  const facts = workspaceWords.builtIn(classes, tile, trainedOn)
  return { key: name, isBuiltIn: true, name, facts, created: '', note: limitations }
}

function synthetic(item: Workspace['synthetic'][number]): Holding {
  return holding(item, `${count(item.images, 'picture')}, ${count(item.cells, 'cell')}`)
}

function storedPackage(item: Workspace['packages'][number]): Holding {
  return holding(item, fileSize(item.bytes))
}

function holding(
  item: {
    readonly id: string
    readonly name: string
    readonly created: string
    readonly missing?: boolean | undefined
    readonly note?: string | undefined
  },
  facts: string
): Holding {
  const { id, name, created, missing, note = '' } = item
  return { key: id, name, facts: missing === true ? workspaceWords.missing : facts, created: date(created), note }
}
