import { describe, expect, test } from 'vitest'
import { Bridge } from '../../../../src/renderer/bridge.ts'
import { Computer } from '../../../../src/renderer/state/computer.svelte.ts'
import { type Doctor } from '../../../../src/shared/api.ts'
import { type InstalledPack } from '../../../../src/shared/engine-packs.ts'
import { AppError } from '../../../../src/shared/errors.ts'
import { FakeTransport } from '../../../support/fake-transport.ts'

const pack: InstalledPack = {
  name: 'native-cpu-2.21.0',
  kind: 'native-cpu',
  library: 'TensorFlow',
  version: '2.21.0',
  bytes: 6e8,
  folder: '/packs/native-cpu-2.21.0',
  origin: 'pack'
}

const report: Doctor = {
  version: '0.1.0',
  workspace: '/w',
  engine: { name: 'wasm', library: 'TensorFlow.js', device: 'processor', threads: 2 },
  reason: 'It is the fastest.',
  engines: [],
  packs: [],
  cores: 2,
  memoryBytes: 8e9,
  diskFreeBytes: 1e9,
  speed: { convGflops: 40, trainGflops: 20 }
}

describe('Computer', () => {
  test('forgets what was measured when the packs change', async () => {
    const transport = new FakeTransport({
      'app.doctor': () => report,
      'engine.build': () => ({ packs: [pack], built: pack.name })
    })
    const computer = new Computer(new Bridge(transport))
    await computer.examine()
    expect(computer.report?.speed.trainGflops).toBe(20)
    await computer.build(false)
    expect(computer.packs).toEqual([pack])
    expect(computer.report).toBeUndefined()
  })

  test('does one thing at a time', async () => {
    const gate = Promise.withResolvers<Doctor>()
    const transport = new FakeTransport({ 'app.doctor': () => gate.promise })
    const computer = new Computer(new Bridge(transport))
    const examining = computer.examine()
    expect(computer.work).toBe('examine')
    await computer.remove(pack.name)
    expect(transport.sent.map(({ name }) => name)).toEqual(['app.doctor'])
    gate.resolve(report)
    await examining
    expect(computer.work).toBeUndefined()
  })

  test('is free again after something failed', async () => {
    const transport = new FakeTransport({
      'engine.install': () => {
        throw new AppError('input', 'It is no pack.')
      }
    })
    const computer = new Computer(new Bridge(transport))
    await expect(computer.install('x.zip')).rejects.toThrow('It is no pack.')
    expect(computer.work).toBeUndefined()
  })
})
