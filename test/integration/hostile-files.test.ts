import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { questionOf, Trials } from '../fuzz/trial.ts'
import { ImportResult } from '../../src/shared/datasets.ts'
import { hostileAnnotations } from '../support/hostile/hostile-annotations.ts'
import { type HostileCase, writeCase } from '../support/hostile/hostile-case.ts'
import { hostileDoors } from '../support/hostile/hostile-doors.ts'
import { hostileNames } from '../support/hostile/hostile-names.ts'
import { hostilePictures } from '../support/hostile/hostile-pictures.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

let folder: string
let trials: Trials

beforeAll(async () => {
  folder = await temporaryFolder(afterAll)
  trials = new Trials(folder)
})
afterAll(() => trials.close())

const ofLinux = process.platform === 'linux' ? hostileNames : []
const cases = [...hostilePictures, ...hostileAnnotations, ...hostileDoors, ...ofLinux]

/** Read or listed within 10 s a file and 1 GB; originals stay, and a refusal leaves the workspace as it was. */
describe('hostile files cost themselves alone', () => {
  test.each(cases.map((one, i) => [one.name, one, i] as const))(
    '%s',
    async (_, one, i) => {
      const source = join(folder, `source-${i}`)
      await mkdir(source)
      await writeCase(one, source)
      const names = one.names ?? Object.keys(one.files ?? {})
      const asked = questionOf(one.door, source, names, i)
      const question = one.options ? { ...asked, input: { ...(asked.input as object), ...one.options } } : asked
      const { outcome, problems } = await trials.ask(question, source, Math.max(1, names.length / 2))
      expect(problems).toEqual([])
      const text = JSON.stringify(outcome)
      if (one.says) expect(text).toMatch(one.says)
      if (one.saysOf) checkEach(one, outcome)
    },
    300_000
  )
})

/** The sound image came in, and each of the others is listed with its reason. */
function checkEach({ saysOf = {} }: HostileCase, outcome: object): void {
  expect(outcome).toHaveProperty('reply.output')
  const { dataset, refused, warnings } = ImportResult.parse((outcome as { reply: { output: unknown } }).reply.output)
  expect(dataset.images).toBeGreaterThan(0)
  const said = [...refused, ...warnings].map(({ file, reason }) => `${file ?? ''}: ${reason}`)
  for (const [file, pattern] of Object.entries(saysOf)) {
    const stem = /([^/]*?)\.[^/]*$/.exec(file)?.[1] ?? file
    const ofFile = said.filter((line) => line.includes(`${stem}.`) || line.includes(`${stem}/`))
    expect(ofFile.join('\n'), file).toMatch(pattern)
  }
}
