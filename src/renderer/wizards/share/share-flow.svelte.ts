import { z } from 'zod'
import { type Output } from '../../../shared/api.ts'
import { type FileList } from '../../../shared/file-list.ts'
import { packageEnding, PackageFormat, PackageResult } from '../../../shared/packages.ts'
import { type Bridge } from '../../bridge.ts'
import { type Receiver, receivers, receiverWords } from '../../text/share.ts'
import { FollowedTask } from '../followed-task.svelte.ts'
import { knownAnswers } from '../known-answers.ts'
import { Latest } from '../latest.svelte.ts'
import { type Query } from '../step.ts'
import { WizardDraft, type WizardFlow } from '../wizard-draft.svelte.ts'

const ShareAnswers = z
  .object({
    set: z.string(),
    receivers: z.array(z.enum(receivers)),
    /** Other formats than the receivers have, where a trouble named them. */
    formats: z.array(PackageFormat),
    folder: z.string(),
    file: z.string(),
    author: z.string(),
    license: z.string(),
    make: z.string()
  })
  .partial()
export type ShareAnswers = z.infer<typeof ShareAnswers>

/** What the address says: the set whose page asked. */
function givenAnswers({ set }: Query): ShareAnswers {
  return set === undefined ? {} : { set }
}

export const shareSteps = ['set', 'receiver', 'place', 'about', 'make'] as const
export type ShareStep = (typeof shareSteps)[number]

/** What a colleague opens by a double-click here, everybody else with what opens zips. */
export function fileEnding(chosen: readonly Receiver[]): string {
  return chosen.length === 0 || chosen.includes('colleague') ? packageEnding : '.zip'
}

/** A package's name without its ending. */
export function stemOf(file: string): string {
  return file.replace(/\.(?:zip|cytoloom)$/i, '')
}

/** From a set to one file for somebody else. */
export class ShareFlow implements WizardFlow<ShareStep> {
  readonly draft: WizardDraft
  readonly make: FollowedTask
  /** What packing would take, by a trial of some pictures. */
  readonly size = new Latest<Output<'estimates.make'>>()
  readonly #bridge: Bridge
  readonly #query: Query
  /** What lies in the folder that was chosen. */
  #there = $state.raw<FileList>()

  readonly answers = $derived.by(() => knownAnswers(ShareAnswers, this.draft.answers))
  readonly step: ShareStep = $derived.by(() => shareSteps.find((step) => step === this.draft.step) ?? 'set')
  readonly made = $derived.by(() => PackageResult.safeParse(this.make.outcome).data)

  constructor(bridge: Bridge, query: Query) {
    this.#bridge = bridge
    this.#query = query
    this.draft = new WizardDraft(bridge, 'share', query['draft'])
    this.make = new FollowedTask(bridge)
  }

  async load(): Promise<void> {
    await this.draft.load(givenAnswers(this.#query))
    await this.make.watch(this.answers.make)
    const { folder } = this.answers
    if (folder !== undefined) this.#there = await this.#bridge.call('files.list', { folder })
  }

  answer(changes: ShareAnswers): void {
    const { file } = { ...this.answers, ...changes }
    this.draft.answer(changes, file)
  }

  async chooseFolder(folder: string): Promise<void> {
    this.#there = await this.#bridge.call('files.list', { folder })
    this.answer({ folder: this.#there.folder })
  }

  /** A name in that folder that nothing has: with a number where it is taken. */
  freeFile(wanted: string): string {
    const taken = this.#there?.files.map(({ name }) => name.toLowerCase()) ?? []
    const stem = stemOf(wanted)
    const ending = fileEnding(this.answers.receivers ?? [])
    for (let count = 1; ; count++) {
      const name = `${count === 1 ? stem : `${stem}-${count}`}${ending}`
      if (!taken.includes(name.toLowerCase())) return name
    }
  }

  /** Not again where nothing changed. */
  askSize(): void {
    const { set, receivers: chosen = [] } = this.answers
    if (set === undefined || chosen.length === 0) return
    const input = { of: 'package', set, formats: formatsFor(chosen) } as const
    this.size.ask(JSON.stringify(input), () => this.#bridge.call('estimates.make', input))
  }

  async create(file: string): Promise<void> {
    const { set = '', folder = '', author = '', license = '' } = this.answers
    const separator = folder.includes('\\') ? '\\' : '/'
    const out = `${folder.replace(/[/\\]$/, '')}${separator}${file}`
    const formats = this.answers.formats ?? formatsFor(this.answers.receivers ?? [])
    const stated = {
      ...(author.trim() && { author: author.trim() }),
      ...(license.trim() && { license: license.trim() })
    }
    const make = await this.make.start('package', { set, out, formats, ...stated })
    this.answer({ make, file })
  }
}

/** Without repetition, in the order of the contract. */
export function formatsFor(chosen: readonly Receiver[]): PackageFormat[] {
  const wanted = chosen.flatMap((receiver) => receiverWords[receiver].formats)
  return PackageFormat.options.filter((format) => wanted.includes(format))
}

/** `plate 3` is a file name as it is; what some systems forbid is not in names. */
export function fileNameOf(name: string): string {
  return name.trim().replaceAll(/\s+/g, '-')
}

/** The largest that lies on the disk while packing is the package beside the files that go into it, which are as large. */
export function packageBytes({ diskBytes }: Output<'estimates.make'>['estimate']): number {
  return diskBytes / 2
}
