import { type Doctor, type EngineReport } from '../../shared/api.ts'
import { type InstalledPack, type PackKind, type StrangerFile } from '../../shared/engine-packs.ts'
import { type EngineName } from '../../shared/runs.ts'
import { type ThingKind } from '../../shared/things.ts'
import { fileSize, number } from './common.ts'

export const storageWords = {
  title: 'What takes the space',
  measuring: 'Measuring …',
  sum: ({ total, free }: { readonly total: number; readonly free: number }) =>
    `This workspace takes ${fileSize(total)}; ${fileSize(free)} are free on its disk.`,
  trash: (bytes: number) => `${fileSize(bytes)} are in the trash`,
  kinds: {
    dataset: 'image set',
    prepared: 'version of an image set',
    run: 'model',
    segmenter: 'segmentation model',
    synthetic: 'synthetic set',
    study: 'study',
    package: 'package'
  } satisfies Readonly<Record<ThingKind, string>>
}

export const settingsWords = {
  title: 'Settings',
  computerTitle: 'Check my computer',
  computerHelp:
    'Runs the same small task on every compute engine and measures how long it takes. This uses the whole computer for about ten seconds; nothing leaves it.',
  examine: 'Check my computer',
  examineAgain: 'Check again',
  examining: 'Measuring …',
  inUse: 'in use',
  notHere: 'not on this computer',
  speedUnit: 'billion operations a second',
  enginesCaption: 'Compute engines on this computer, with their measured speed',
  engine: 'Compute engine',
  speed: 'Training speed',
  copyReport: 'Copy report for IT',
  packsTitle: 'Acceleration packs',
  packsHelp:
    'CytoLoom works without one. A pack contains TensorFlow, a library that makes training several times faster on most computers. Packs serve all workspaces.',
  noPacks: 'No pack is installed.',
  packsWaiting: 'Looking for packs …',
  fetchCpu: 'Download the processor pack (270 MB)',
  fetchGpu: 'Download the pack for NVIDIA graphics cards (3 GB)',
  fetchHelp: 'Downloaded from PyPI, the public Python package index. This computer needs Python 3 with pip.',
  fileTitle: 'Without internet: from a file',
  file: 'Path of the file on this computer',
  fileHelp:
    'A pack file that CytoLoom wrote on another computer, or TensorFlow’s wheel. Install packs only from people you trust: they contain programs.',
  fileMissing: 'Enter the path of the file first.',
  install: 'Install the pack',
  archiveTitle: 'For another computer without internet',
  archiveHelp:
    'Writes a pack to one file, which you carry to a computer that has no internet and install there. Do this on a computer of the same kind as that one: the same system, and the same kind of processor. A pack that is not here yet is downloaded first.',
  archiveKind: 'Pack',
  archiveCpu: 'For the processor',
  archiveGpu: 'For NVIDIA graphics cards',
  archivePath: 'Where to write the file',
  archiveChoose: 'Choose …',
  archiveWrite: 'Write the pack to a file',
  archiveNote: 'A full path on this computer.',
  trustTitle: 'Do you trust whoever made this?',
  trustText: (strangers: readonly StrangerFile[]) =>
    `It holds programs that would run with your rights. CytoLoom cannot tell who made them. ${strangers
      .map(({ says, sha256 }) => `It says that it is ${says}; its SHA-256 is ${sha256}.`)
      .join(' ')}`,
  trustYes: 'I trust it: install',
  trustNo: 'Do not install',
  remove: 'Remove',
  removing: 'Removing …',
  removeTitle: (name: string) => `Remove the pack ${name}?`,
  removeText: 'Training will be slower without it. Your images, models and sets are not touched.',
  removeYes: 'Remove the pack',
  removeNo: 'Keep it'
}

/** A name for the file of a pack. */
export function archiveName(kind: PackKind): string {
  return kind === 'native-gpu' ? 'pack-for-nvidia-cards.zip' : 'pack-for-processors.zip'
}

export const engineTitles: Readonly<Record<EngineName, string>> = {
  'native-gpu': 'NVIDIA graphics card (TensorFlow)',
  'native-cpu': 'Processor (TensorFlow)',
  webgpu: 'Any graphics card (WebGPU)',
  wasm: 'Processor, nothing to install (WebAssembly)',
  cpu: 'Plain JavaScript, for comparisons only'
}

/** `101`, `17.4`, `0.023`: three digits that mean something. */
export function speedNumber(gflops: number): string {
  return gflops >= 100 ? number(gflops) : String(Number(gflops.toPrecision(3)))
}

export function machineFacts({ cores, memoryBytes, diskFreeBytes }: Doctor): string {
  return `${number(cores)} processor cores, ${fileSize(memoryBytes)} of memory, ${fileSize(diskFreeBytes)} free on the disk of the workspace.`
}

export function packFacts({ library, version, bytes, folder }: InstalledPack): string {
  return `${library} ${version}${bytes === 0 ? '' : `, ${fileSize(bytes)}`}, in ${folder}`
}

export function engineFacts({ available, why, library, device }: EngineReport): string {
  const facts = [available ? [library, device].filter(Boolean).join(', ') : '', why ?? ''].filter((part) => part !== '')
  return facts.join('. ')
}

/** Everything that was found out, as text for a message. */
export function doctorReport(report: Doctor): string {
  return [
    `CytoLoom ${report.version}`,
    `In use: ${report.engine.name}, ${report.engine.library}, ${report.engine.device}, ${report.engine.threads} threads`,
    machineFacts(report),
    ...report.engines.map((engine) => {
      const speed =
        engine.trainGflops === undefined ? 'not available' : `${speedNumber(engine.trainGflops)} GFLOP/s in training`
      return `${engine.name}: ${speed}. ${engineFacts(engine)}`
    }),
    ...report.packs.map(
      (pack) => `Pack ${pack.name}: ${packFacts(pack)}${pack.problem === undefined ? '' : `. ${pack.problem}`}`
    )
  ].join('\n')
}
