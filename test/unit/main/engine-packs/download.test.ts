import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { downloadByPip, tensorflowWheel } from '../../../../src/main/engine-packs/download.ts'
import { fakeSource } from '../../../support/fake-wheel.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const wanted = tensorflowWheel(fakeSource('0'.repeat(64)))
const go = new AbortController().signal
const path = process.env['PATH']

let programs: string

beforeEach(async () => {
  programs = await temporaryFolder()
  process.env['PATH'] = programs
})

afterEach(() => {
  process.env['PATH'] = path
})

/** Puts a python3 into the path that does this when it is asked to download; $words are its words. */
async function fakePython(download: string): Promise<void> {
  const script = `#!/bin/sh
words="$*"
case "$words" in
  "-I -m pip --version") exit 0 ;;
  "-I -m pip download "*) ;;
  *) exit 9 ;;
esac
while [ "$1" != --dest ]; do shift; done
folder=$2
${download}
`
  await writeFile(join(programs, 'python3'), script)
  await chmod(join(programs, 'python3'), 0o755)
}

describe.skipIf(process.platform === 'win32')('downloading by pip (where shell scripts run)', () => {
  test('asks for the wheel by platform and version, whatever Python there is', async () => {
    const folder = join(await temporaryFolder(), 'wheels')
    await fakePython('echo "$words" > "$folder/tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl"')
    const file = await downloadByPip(wanted, folder, go)
    expect(await readdir(folder)).toEqual(['tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl'])
    expect(file.startsWith(folder)).toBe(true)
  })

  // From a folder of somebody else: what is called pip or python3 there is not run.
  test('takes no code from the folder that it is called in', async () => {
    const here = await temporaryFolder()
    const [program, marker] = [join(here, 'try.ts'), join(here, 'ran')]
    const download = join(import.meta.dirname, '../../../../src/main/engine-packs/download.ts')
    await writeFile(join(here, 'pip.py'), `open(${JSON.stringify(marker)}, "w")`)
    await writeFile(join(here, 'python3'), `#!/bin/sh\necho > ${marker}\n`)
    await chmod(join(here, 'python3'), 0o755)
    await writeFile(
      program,
      `import { downloadByPip } from ${JSON.stringify(download)}
      const wanted = { package: 'none', requirement: 'none==0', tags: ['any'] }
      const stopping = AbortSignal.timeout(3000)
      await downloadByPip(wanted, 'wheels', stopping).catch(() => undefined)`
    )
    const env = { ...process.env, PATH: `.${delimiter}${path ?? ''}`, PYTHONPATH: here, PIP_NO_INDEX: '1' }
    await promisify(execFile)(process.execPath, [program], { cwd: here, env })
    expect(existsSync(marker)).toBe(false)
    await writeFile(join(programs, 'python3'), `#!/bin/sh\npwd > ${marker}\nexit 1\n`)
    await chmod(join(programs, 'python3'), 0o755)
    await promisify(execFile)(process.execPath, [program], { cwd: here, env: { ...env, PATH: programs } })
    expect(await readFile(marker, 'utf8')).toBe('/\n')
  })

  test("says pip's own reason, without addresses, and how to go on without a network", async () => {
    await fakePython('echo "WARNING: x" >&2; echo "ERROR: No matching distribution found for y" >&2; exit 1')
    await expect(downloadByPip(wanted, await temporaryFolder(), go)).rejects.toMatchObject({
      kind: 'input',
      message: 'tensorflow-cpu==2.21.0 could not be downloaded.',
      details: 'ERROR: No matching distribution found for y',
      next: expect.stringContaining('on PyPI, choose the file of tensorflow-cpu 2.21.0') as string
    })
  })

  test('says that Python is needed where there is none, and where to fetch the file by hand', async () => {
    await expect(downloadByPip(wanted, await temporaryFolder(), go)).rejects.toMatchObject({
      kind: 'input',
      message: 'Python with pip is needed to download TensorFlow, and was not found on this computer.',
      remedies: [{ action: 'set-option', option: 'wheel' }]
    })
  })

  test('stops when asked', async () => {
    await fakePython('while true; do :; done')
    const stopping = new AbortController()
    setTimeout(() => {
      stopping.abort()
    }, 300)
    await expect(downloadByPip(wanted, await temporaryFolder(), stopping.signal)).rejects.toMatchObject({
      kind: 'stopped'
    })
  })
})
