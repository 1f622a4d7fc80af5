import { createInterface } from 'node:readline/promises'
import { type Command, Option } from 'commander'
import { type Output } from '../../shared/api.ts'
import { type InstalledPack, type StrangerFile } from '../../shared/engine-packs.ts'
import { plainText } from '../../shared/plain-text.ts'
import { type EngineRequest } from '../../shared/runs.ts'
import { type CommonOptions, engineOption, type Host } from './host.ts'
import { bytes, count } from './numbers.ts'
import { remedyLine } from './remedies.ts'

/** doctor, engine list · build · install · remove */
export function addEngineCommands(program: Command, host: Host): void {
  addDoctor(program, host)
  const engine = program
    .command('engine')
    .description('acceleration packs: TensorFlow for the processor or a graphics card')
  addList(engine, host)
  addBuild(engine, host)
  addInstall(engine, host)
  addRemove(engine, host)
}

interface DoctorOptions extends CommonOptions {
  readonly engine: EngineRequest
  readonly rebuild?: boolean
}

function addDoctor(program: Command, host: Host): void {
  program
    .command('doctor')
    .description('measure what this computer can do')
    .addOption(engineOption())
    .option('--rebuild', 'rebuild the catalogue of the workspace from its folders')
    .action(async ({ engine, workspace, rebuild }: DoctorOptions) => {
      if (rebuild === true) {
        const result = await host.request('app.rebuild', {}, workspace)
        host.print(result, rebuildSentences(result))
        return
      }
      const result = await host.request('app.doctor', { engine }, workspace)
      host.print(result, doctorSentences(result))
    })
}

function rebuildSentences({ rebuilt, left, before }: Output<'app.rebuild'>): string {
  const counts = [
    count(rebuilt.datasets, 'data set'),
    count(rebuilt.prepared, 'prepared set'),
    count(rebuilt.runs, 'run'),
    count(rebuilt.segmenters, 'segmentation model'),
    count(rebuilt.synthetic, 'synthetic set'),
    count(rebuilt.packages, 'package'),
    count(rebuilt.studies, 'study', 'studies')
  ]
  return [
    `The catalogue was rebuilt from the folders: ${counts.join(', ')}.`,
    ...left.map(({ folder, reason }) => `${folder} was left out: it ${reason}.`),
    `The catalogue as it was before is in ${before}.`
  ].join('\n')
}

function doctorSentences({ version, engine, reason, engines, packs, speed }: Output<'app.doctor'>): string {
  return [
    `CytoLoom ${version} computes with ${engine.name} (${engine.library}, ${engine.device}).`,
    reason,
    `Measured speed: ${speed.convGflops.toFixed(0)} billion operations a second in convolutions, ${speed.trainGflops.toFixed(0)} in training.`,
    ...engines.map(engineLine),
    packs.length === 0 ? 'No acceleration pack is installed.' : 'Acceleration packs:',
    ...packs.map(packLine)
  ].join('\n')
}

function engineLine({
  name,
  available,
  why,
  trainGflops,
  library,
  device,
  remedies = []
}: Output<'app.doctor'>['engines'][number]): string {
  if (!available) {
    return [`  ${name}: ${why ?? 'not available'}`, ...remedies.map((remedy) => `    ${remedyLine(remedy)}`)].join('\n')
  }
  const measured = `${(trainGflops ?? 0).toPrecision(3)} billion operations a second in training (${library ?? ''}, ${device ?? ''})`
  return `  ${name}: ${measured}${why === undefined ? '' : `. ${why}`}`
}

function packLine({ name, library, version, bytes: size, folder, problem }: InstalledPack): string {
  const state = problem === undefined ? '' : ` It cannot be used: ${problem}`
  return `  ${name}: ${library} ${version}${size === 0 ? '' : `, ${bytes(size)}`}, in ${folder}.${state}`
}

function packLines(packs: readonly InstalledPack[]): string[] {
  return packs.length === 0
    ? ['No acceleration pack is installed. "cytoloom engine build" makes one from TensorFlow\'s wheel.']
    : packs.map(packLine)
}

function addList(engine: Command, host: Host): void {
  engine
    .command('list')
    .description('list the acceleration packs')
    .action(async ({ workspace }: CommonOptions) => {
      const result = await host.request('engine.list', {}, workspace)
      host.print(result, packLines(result.packs).join('\n'))
    })
}

function trustOption(): Option {
  return new Option('--trust <sha256...>', 'SHA-256 of files whose maker you trust: they hold programs')
}

/** Where somebody sits at the terminal, they are asked; elsewhere the request says what to name. */
async function askForTrust(strangers: readonly StrangerFile[]): Promise<string[]> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return []
  const agreed: string[] = []
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  for (const { file, says, sha256 } of strangers) {
    const answer = await terminal.question(
      plainText(
        `${file} holds programs that would run with your rights.\n  It says that it is ${says}; who made it, CytoLoom cannot tell.\n  SHA-256: ${sha256}\nDo you trust whoever made it? [y/N] `
      )
    )
    if (/^y(es)?$/i.test(answer.trim())) agreed.push(sha256)
  }
  terminal.close()
  return agreed
}

interface BuildOptions extends CommonOptions {
  readonly trust?: string[]
  readonly gpu?: boolean
  readonly wheel?: string[]
  readonly archive?: string
  readonly force?: boolean
}

function addBuild(engine: Command, host: Host): void {
  engine
    .command('build')
    .description("make a pack from TensorFlow's wheel, which is downloaded from PyPI unless it is given")
    .option('--gpu', 'for NVIDIA graphics cards under Linux (downloads about 3 GB)')
    .option('--wheel <files...>', 'wheels that were downloaded already')
    .option('--archive <file>', 'also write the pack into one file, for a computer without internet')
    .option('--force', 'make it again even if it is there')
    .addOption(trustOption())
    .action(async ({ workspace, gpu, wheel, archive, force, trust = [] }: BuildOptions) => {
      const input = {
        gpu: gpu === true,
        wheels: wheel ?? [],
        force: force === true,
        trust,
        ...(archive === undefined ? {} : { archive })
      }
      const result = await host.request('engine.build', input, workspace)
      const written = result.archive
      const lines = [`The pack ${result.built} is ready.`, ...packLines(result.packs)]
      if (written !== undefined) lines.push(`${written.file}: ${bytes(written.bytes)}, SHA-256 ${written.sha256}`)
      host.print(result, lines.join('\n'))
    })
}

function addInstall(engine: Command, host: Host): void {
  engine
    .command('install')
    .description('install a pack from a pack file or TensorFlow wheels; needs no internet')
    .argument('<files...>', 'a pack file that "engine build --archive" wrote, or wheels')
    .addOption(trustOption())
    .action(async (files: string[], { workspace, json, trust = [] }: CommonOptions & { readonly trust?: string[] }) => {
      const { strangers } = await host.request('engine.look', { files }, workspace)
      const agreed = json === true ? [] : await askForTrust(strangers.filter(({ sha256 }) => !trust.includes(sha256)))
      const result = await host.request('engine.install', { files, trust: [...trust, ...agreed] }, workspace)
      host.print(result, [`The pack ${result.installed} is ready.`, ...packLines(result.packs)].join('\n'))
    })
}

function addRemove(engine: Command, host: Host): void {
  engine
    .command('remove')
    .description('delete an acceleration pack')
    .argument('<name>', 'name of the pack')
    .action(async (name: string, { workspace }: CommonOptions) => {
      const result = await host.request('engine.remove', { name }, workspace)
      host.print(result, [`The pack ${result.removed} was removed.`, ...packLines(result.packs)].join('\n'))
    })
}
