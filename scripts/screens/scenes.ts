import { type Input, type Workspace } from '../../src/shared/api.ts'
import { hasEnded } from '../../src/shared/tasks.ts'
import { starterName } from '../../src/shared/starter.ts'
import {
  judgingPlaces,
  learningPlaces,
  overPlaces,
  type Place,
  shelfPlaces,
  studyingPlaces,
  thingPlaces
} from '../../test/support/places.ts'
import { type TestApp } from '../../test/support/test-app.ts'
import { filePlaces, wizardPlaces } from '../../test/support/wizard-places.ts'
import { type Camera, until } from './camera.ts'
import { type Home } from './home.ts'

/** What a scene has: the app, a home, and a way to have places taken. */
export interface Stage {
  readonly app: TestApp
  readonly home: Home
  readonly camera: Camera
  readonly take: (places: readonly Place[]) => Promise<void>
}

/** The sample, from its first pictures to its end. */
export async function playSample({ app, camera, take }: Stage): Promise<void> {
  const first = { run: starterName, name: 'First pictures', perClass: 12 }
  const { synthetic } = await app.request('synthetic.generate', first)
  await take([{ name: 'home-first-pictures', address: '#/' }])
  const { id } = await app.request('tasks.start', { kind: 'sample', input: { first: synthetic.id } })
  await leaveDrafts(app)
  await camera.scene('what is seen while the sample learns', async () => {
    await until('What the model draws after some time', async () => (await samplesOf(app)) > 9)
    const [run] = (await app.request('runs.list', {})).runs
    await take([...learningPlaces(run?.id ?? ''), ...overPlaces()])
  })
  await until('The sample', async () => hasEnded(await app.request('tasks.show', { id })))
  await app.request('synthetic.generate', { run: 'Sample nuclei', name: 'Nuclei for Cellpose', perClass: 60 })
}

async function samplesOf(app: TestApp): Promise<number> {
  const [run] = (await app.request('runs.list', {})).runs
  if (run === undefined) return 0
  const { history } = await app.request('runs.show', { name: run.id })
  return history.filter(({ kind }) => kind === 'sample').length
}

async function leaveDrafts(app: TestApp): Promise<void> {
  await app.request('drafts.save', { wizard: 'images', title: 'Nuclei, plate 3', step: 'source', answers: {} })
  await app.request('drafts.save', { wizard: 'study', title: 'Do they help?', step: 'question', answers: {} })
}

/** In an order in which nothing at work is seen where it does not belong. */
export async function playFilled(stage: Stage): Promise<void> {
  const { app, camera, home, take } = stage
  await discardDrafts(app)
  await take([...shelfPlaces(), { name: 'settings-packs', address: '#/settings' }])
  const content = await app.request('workspace.show', {})
  await camera.scene('the steps of the wizards', async () => take(await wizardPlaces(app, content, home.images)))
  await camera.scene('files and packages', async () => take(await filePlaces(app, content, home.notes)))
  await discardDrafts(app)
  if (content.studies.length === 0) await camera.scene('a study', () => playStudy(stage, content))
  const things = thingPlaces(await app.request('workspace.show', {}))
  // Files look alike: those of an image set stand for all.
  await take(things.filter(({ name }) => !name.endsWith('-files') || name === 'image-set-files'))
  await take([{ name: 'studies', address: '#/studies' }, ...judgingPlaces(content)])
  await camera.scene('what failed and what was thrown away', () => playTroubles(stage, content))
}

async function discardDrafts(app: TestApp): Promise<void> {
  for (const { id } of (await app.request('drafts.list', {})).drafts) await app.request('drafts.discard', { id })
}

/** Few images, short trainings and two draws: enough to see each part of a study, not to answer its question. */
const studied: Omit<Input<'study.plan'>, 'name'> = {
  preset: 'small',
  sizes: [2, 8],
  counts: [32],
  arms: ['copy-paste', 'synthetic'],
  draws: 2,
  repeats: 1,
  iterations: 60,
  generatorIterations: 60
}

async function playStudy({ app, take }: Stage, { datasets }: Workspace): Promise<void> {
  const { study } = await app.request('study.plan', {
    ...studied,
    name: 'Nuclei from few images',
    data: datasets[0]?.id
  })
  const { id } = await app.request('tasks.start', { kind: 'study', input: { study: study.id } })
  await until('Half of the study', async () => {
    const { parts } = await app.request('study.board', { study: study.id })
    return parts.filter(({ isDone }) => isDone).length >= parts.length / 2
  })
  await take(studyingPlaces(study.id))
  await until('The study', async () => hasEnded(await app.request('tasks.show', { id })))
}

/** A name that is taken, and a set that is not wanted any more. */
async function playTroubles({ app, home, take }: Stage, { datasets, synthetic }: Workspace): Promise<void> {
  const input = { source: home.images, name: datasets[0]?.name ?? '', format: 'labels' }
  const { id } = await app.request('tasks.start', { kind: 'import', input })
  await until('An import whose name is taken', async () => hasEnded(await app.request('tasks.show', { id })))
  await take([{ name: 'work-failed', address: '#/work' }])
  await app.request('tasks.dismiss', { id })
  const unwanted = synthetic.at(-1)
  if (unwanted) await app.request('things.trash', { things: [unwanted.id] })
  await take([{ name: 'trash-filled', address: '#/trash' }])
  if (unwanted) await app.request('things.restore', { thing: unwanted.id })
}
