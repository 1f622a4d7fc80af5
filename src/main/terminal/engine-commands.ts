import { type Command } from 'commander'
import { type Output } from '../../shared/api.ts'
import { type InstalledPack } from '../../shared/engine-packs.ts'
import { type EngineRequest } from '../../shared/runs.ts'
import { type CommonOptions, engineOption, type Host } from './host.ts'
import { bytes } from './numbers.ts'
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

function addDoctor(program: Command, host: Host): void {
  program
    .command('doctor')
    .description('say what this computer can do, and measure it')
    .addOption(engineOption())
    .action(async ({ engine, workspace }: CommonOptions & { readonly engine: EngineRequest }) => {
      const result = await host.request('app.doctor', { engine }, workspace)
      host.print(result, doctorSentences(result))
    })
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

interface BuildOptions extends CommonOptions {
  readonly gpu?: boolean
  readonly wheel?: string[]
  readonly archive?: string
  readonly force?: boolean
}

function addBuild(engine: Command, host: Host): void {
  engine
    .command('build')
    .description("make a pack from TensorFlow's wheel, which is fetched from PyPI where it is not given")
    .option('--gpu', 'for NVIDIA graphics cards under Linux (fetches about 3 GB)')
    .option('--wheel <files...>', 'wheels at hand, so that they need not be fetched')
    .option('--archive <file>', 'write the pack into one file too, for a computer without internet')
    .option('--force', 'make it anew although it is there')
    .action(async ({ workspace, gpu, wheel, archive, force }: BuildOptions) => {
      const input = {
        gpu: gpu === true,
        wheels: wheel ?? [],
        force: force === true,
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
    .description('take a pack, or TensorFlow wheels, from files; needs no internet')
    .argument('<files...>', 'the file that "engine build --archive" wrote, or wheels')
    .action(async (files: string[], { workspace }: CommonOptions) => {
      const result = await host.request('engine.install', { files }, workspace)
      host.print(result, [`The pack ${result.installed} is ready.`, ...packLines(result.packs)].join('\n'))
    })
}

function addRemove(engine: Command, host: Host): void {
  engine
    .command('remove')
    .description('delete an acceleration pack')
    .argument('<name>')
    .action(async (name: string, { workspace }: CommonOptions) => {
      const result = await host.request('engine.remove', { name }, workspace)
      host.print(result, [`The pack ${result.removed} is gone.`, ...packLines(result.packs)].join('\n'))
    })
}
