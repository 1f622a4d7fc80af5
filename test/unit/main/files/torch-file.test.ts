import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { readPickle } from '../../../../src/main/files/restricted-pickle.ts'
import { readTorchWeights } from '../../../../src/main/files/torch-file.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

/*
 * The files in fixtures/torch were made by PyTorch 2.15:
 *
 *   d['layer.weight'] = torch.arange(6, dtype=torch.float32).reshape(3, 2) / 4
 *   d['turned'] = (torch.arange(6, dtype=torch.float32).reshape(2, 3) + 10).t()
 *   d['window'] = torch.arange(20, dtype=torch.float64)[5:9] / 8
 *   d['half'] = torch.tensor([0.5, -2, 65504], dtype=torch.float16)
 *   d['parameter'] = torch.nn.Parameter(torch.tensor([[1.5]]))
 *   d['counter'] = torch.tensor(7); d['empty'] = torch.zeros(0, 3); d['scalar'] = torch.tensor(3.25)
 *   torch.save(d, 'weights-zip.pth'); torch.save(d, 'weights-legacy.pth', _use_new_zipfile_serialization=False)
 *
 * and code-*.pth hold an object whose __reduce__ is (os.system, ('touch …',)).
 */
const fixture = (name: string) => resolve(import.meta.dirname, '../../../fixtures/torch', name)

test.each(['weights-zip.pth', 'weights-legacy.pth'])('reads the tensors of %s', async (name) => {
  const { tensors, sha256 } = await readTorchWeights(fixture(name))
  expect(sha256).toMatch(/^[\da-f]{64}$/)
  expect(tensors).toEqual({
    'layer.weight': { shape: [3, 2], data: Float32Array.of(0, 0.25, 0.5, 0.75, 1, 1.25) },
    turned: { shape: [3, 2], data: Float32Array.of(10, 13, 11, 14, 12, 15) },
    window: { shape: [4], data: Float32Array.of(0.625, 0.75, 0.875, 1) },
    half: { shape: [3], data: Float32Array.of(0.5, -2, 65504) },
    parameter: { shape: [1, 1], data: Float32Array.of(1.5) },
    empty: { shape: [0, 3], data: new Float32Array(0) },
    scalar: { shape: [], data: Float32Array.of(3.25) }
  })
})

test.each(['code-zip.pth', 'code-legacy.pth'])('refuses %s, which asks for a command to be run', async (name) => {
  await expect(readTorchWeights(fixture(name))).rejects.toThrow(
    /asks for posix\.system to be run\. Weights need no such code/
  )
})

test('refuses a file that holds no dictionary of tensors', async () => {
  await expect(readTorchWeights(fixture('list.pth'))).rejects.toThrow('something other than a dictionary of tensors')
})

test('refuses what is no file of PyTorch, is a folder or is not there', async () => {
  const folder = await temporaryFolder()
  const path = resolve(folder, 'text.pth')
  await writeFile(path, 'version https://git-lfs.github.com/spec/v1\n')
  await expect(readTorchWeights(path)).rejects.toThrow('is not a file of weights saved by PyTorch')
  await expect(readTorchWeights(folder)).rejects.toThrow('is a folder')
  await expect(readTorchWeights(resolve(folder, 'missing.pth'))).rejects.toThrow('is not there')
})

test.each(['weights-zip.pth', 'weights-legacy.pth'])('refuses %s cut off at any byte', async (name) => {
  const path = resolve(await temporaryFolder(), name)
  const bytes = await readFile(fixture(name))
  for (let length = 0; length < bytes.length; length += 13) {
    await writeFile(path, bytes.subarray(0, length))
    await expect(readTorchWeights(path), `${String(length)} bytes`).rejects.toMatchObject({ kind: 'input', file: path })
  }
})

test.each(['weights-zip.pth', 'weights-legacy.pth'])(
  'never fails otherwise than by a sentence when %s has a wrong byte',
  async (name) => {
    const path = resolve(await temporaryFolder(), name)
    const bytes = await readFile(fixture(name))
    for (let at = 0; at < bytes.length; at += 11) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8))
      await writeFile(path, changed)
      const outcome: unknown = await readTorchWeights(path).catch((thrown: unknown) => thrown)
      if (outcome instanceof Error)
        expect(outcome, `byte ${String(at)}: ${String(outcome.stack)}`).toMatchObject({ kind: 'input' })
    }
  }
)

test('runs no step that weights do not need', () => {
  const rules = { allows: () => false, call: () => null, persistent: () => null }
  const newObject = Uint8Array.of(0x80, 2, 0x29, 0x29, 0x81, 0x2e) // NEWOBJ
  expect(() => readPickle(newObject, 'x.pth', rules)).toThrow('the step 129')
  const extension = Uint8Array.of(0x80, 2, 0x82, 1, 0x2e) // EXT1
  expect(() => readPickle(extension, 'x.pth', rules)).toThrow('the step 130')
})
