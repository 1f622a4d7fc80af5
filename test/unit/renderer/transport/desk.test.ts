import { expect, test } from 'vitest'
import { Desk } from '../../../../src/renderer/transport/desk.ts'
import { FakeTransport } from '../../../support/fake-transport.ts'

function answering(output: unknown): FakeTransport {
  const transport = new FakeTransport()
  transport.send = (name, input) => {
    transport.sent.push({ name, input })
    return Promise.resolve({ output })
  }
  return transport
}

test('a browser has no dialogs and tells no places of files', () => {
  const desk = new Desk(new FakeTransport())
  expect(desk.hasDialogs).toBe(false)
  expect(desk.pathOf(new File([], 'a.tif'))).toBeUndefined()
})

test('a window has both', () => {
  const transport = Object.assign(new FakeTransport(), { pathOf: (file: File) => `/data/${file.name}` })
  const desk = new Desk(transport)
  expect(desk.hasDialogs).toBe(true)
  expect(desk.pathOf(new File([], 'a.tif'))).toBe('/data/a.tif')
})

test('what a person chose comes as paths, and a change of mind as nothing', async () => {
  const transport = answering({ paths: ['/data/a', '/data/b'] })
  expect(await new Desk(transport).choose({ kind: 'folder', many: true })).toEqual(['/data/a', '/data/b'])
  expect(transport.sent).toEqual([{ name: 'desk.choose', input: { kind: 'folder', many: true } }])
  expect(await new Desk(answering({})).chooseNew({ kind: 'package', name: 'a.cytoloom' })).toBeUndefined()
  expect(await new Desk(answering({ path: '/b.cytoloom' })).chooseNew({ kind: 'package', name: 'a' })).toBe(
    '/b.cytoloom'
  )
})

test('a thing that cannot be shown still has a path to show, and a refusal is the sentence of the host', async () => {
  const desk = new Desk(answering({ shown: false, path: '/labs/ds1' }))
  expect(await desk.showInFolder({ thing: 'ds1' })).toEqual({ shown: false, path: '/labs/ds1' })
  const transport = new FakeTransport()
  transport.send = () => Promise.resolve({ error: { kind: 'usage', message: 'Not in a browser.' } })
  await expect(new Desk(transport).choose({ kind: 'file' })).rejects.toMatchObject({ message: 'Not in a browser.' })
})
