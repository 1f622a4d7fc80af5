import { beforeEach, expect, test, vi } from 'vitest'
import { Bridge } from '../../../../src/renderer/bridge.ts'
import { WizardDraft } from '../../../../src/renderer/wizards/wizard-draft.svelte.ts'
import { type Draft, DraftId } from '../../../../src/shared/drafts.ts'
import { FakeTransport } from '../../../support/fake-transport.ts'

const kept: Draft = {
  id: DraftId.parse('w-1'),
  wizard: 'generate',
  title: '',
  step: '',
  answers: {},
  created: '2026-11-28T10:00:00.000Z',
  changed: '2026-11-28T10:00:00.000Z'
}

beforeEach(() => {
  vi.stubGlobal('sessionStorage', { getItem: () => null, setItem: () => undefined, removeItem: () => undefined })
})

test('answers on their way arrive before the wizard’s end, which would bring them back otherwise', async () => {
  const saved = Promise.withResolvers<Draft>()
  const transport = new FakeTransport({ 'drafts.save': () => saved.promise, 'drafts.discard': () => ({}) })
  const draft = new WizardDraft(new Bridge(transport), 'generate', 'w-1')
  draft.answer({ name: 'first set' })
  draft.answer({ name: 'first set of today' })
  const isOver = draft.discard()
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(transport.sent.map(({ name }) => name)).toEqual(['drafts.save'])
  saved.resolve(kept)
  await isOver
  expect(transport.sent.map(({ name }) => name)).toEqual(['drafts.save', 'drafts.discard'])
})

test('an answer that is given while another is on its way is saved after it', async () => {
  const first = Promise.withResolvers<Draft>()
  const transport = new FakeTransport({ 'drafts.save': () => first.promise })
  const draft = new WizardDraft(new Bridge(transport), 'generate', 'w-1')
  draft.answer({ name: 'a' })
  draft.answer({ name: 'ab' })
  first.resolve(kept)
  await expect
    .poll(() => transport.sent.map(({ input }) => input))
    .toMatchObject([{ answers: { name: 'a' } }, { answers: { name: 'ab' } }])
})
