import { z } from 'zod'
import { Dataset, DatasetImage, ImportRequest, ImportResult, InspectRequest, InspectResult, Name } from './datasets.ts'
import { DemoRequest, DemoResult } from './demo.ts'
import { Answers, Draft, DraftId, SaveDraft } from './drafts.ts'
import {
  BuildPackRequest,
  BuildPackResult,
  InstalledPack,
  InstallPackRequest,
  InstallPackResult,
  LookAtPackRequest,
  LookAtPackResult,
  ListPacksResult,
  RemovePackResult
} from './engine-packs.ts'
import { type WireError } from './errors.ts'
import { EstimateRequest, EstimateResult } from './estimates.ts'
import { EvaluateRequest, EvaluationResult } from './evaluation.ts'
import { FileList, ListFiles } from './file-list.ts'
import { defaultMaskSettings, MaskGraph, MaskSettings, Prepared, PrepareRequest, PrepareResult } from './masks.ts'
import { CreatePackageRequest, OpenResult, PackageResult, StoredPackage, VerifyResult } from './packages.ts'
import {
  CellAnswer,
  CellQuestion,
  CopiesRequest,
  CopiesResult,
  JudgeRequest,
  JudgeResult,
  ListPictures,
  PictureList,
  viewPattern
} from './pictures.ts'
import {
  Forecast,
  ForecastRequest,
  PeekRequest,
  PeekResult,
  PreviewRequest,
  PreviewResult,
  ToneTable,
  ToneTableRequest,
  TryRequest,
  TryResult
} from './previews.ts'
import { Remedy } from './remedies.ts'
import { Checkpoint, EngineInfo, EngineName, EngineRequest, Run, TrainRequest, TrainResult } from './runs.ts'
import { ScoreRequest, ScoreResult } from './scores.ts'
import {
  Segmenter,
  SegmentPredictRequest,
  SegmentPredictResult,
  SegmentTrainRequest,
  SegmentTrainResult
} from './segmentation.ts'
import { BuiltInModel } from './starter.ts'
import { GenerateRequest, GenerateResult, Phantoms, Synthetic, SyntheticImage } from './synthetic.ts'
import {
  CollectStudyRequest,
  StudyPredictionsRequest,
  ExportStudyRequest,
  ExportStudyResult,
  OneStudy,
  PlanStudyRequest,
  RunStudyRequest,
  Study,
  StudyResult,
  StudyTaskRequest,
  StudyTaskResult
} from './studies.ts'
import {
  PreviewStudyRequest,
  StudyBoard,
  StudyFile,
  StudyFileRequest,
  StudyPictures,
  StudyPreview
} from './study-look.ts'
import { ListTasks, QuitReport, StartTask, Task } from './tasks.ts'
import {
  EmptyTrashResult,
  NoteRequest,
  OneThing,
  OriginResult,
  PlaceRequest,
  PlaceResult,
  RenameRequest,
  RestoreResult,
  StorageResult,
  ThingResult,
  TrashContents,
  TrashRequest,
  TrashResult
} from './tending.ts'
import { HistoryEntry } from './training.ts'

const ByName = z.object({ name: z.string() })
const ByDraft = z.object({ id: DraftId })
const ByTask = z.object({ id: z.string() })
/** With `follow` the answer comes when the task is at rest. */
const FollowTask = ByTask.extend({ follow: z.boolean().default(false) })

/** Billions of operations a second: in a convolution, and in one with its gradients, as training has it. */
const EngineSpeed = z.object({ convGflops: z.number(), trainGflops: z.number() })

/** What came of trying an engine; `why` it is not available, or why `auto` leaves it alone. */
export const EngineReport = EngineSpeed.partial().extend({
  name: EngineName,
  available: z.boolean(),
  why: z.string().optional(),
  /** What makes it available. */
  remedies: z.array(Remedy).readonly().optional(),
  library: z.string().optional(),
  device: z.string().optional()
})
export type EngineReport = z.infer<typeof EngineReport>

export const Doctor = z.object({
  version: z.string(),
  workspace: z.string(),
  engine: EngineInfo,
  /** Why this engine, as a sentence. */
  reason: z.string(),
  engines: z.array(EngineReport),
  packs: z.array(InstalledPack),
  cores: z.int(),
  memoryBytes: z.number(),
  diskFreeBytes: z.number(),
  speed: EngineSpeed
})
export type Doctor = z.infer<typeof Doctor>

/** Everything the workspace holds, newest first. */
export const Workspace = z.object({
  folder: z.string(),
  /** What the person should know of how it was found, as sentences. */
  notices: z.array(z.string()),
  datasets: z.array(Dataset),
  prepared: z.array(Prepared),
  runs: z.array(Run),
  /** The built-in models. */
  builtIn: z.array(BuiltInModel),
  segmenters: z.array(Segmenter),
  synthetic: z.array(Synthetic),
  studies: z.array(Study),
  packages: z.array(StoredPackage)
})
export type Workspace = z.infer<typeof Workspace>

/** What the catalogue holds after it was made anew from the folders. */
export const RebuildResult = z.object({
  rebuilt: z.object({
    datasets: z.int(),
    prepared: z.int(),
    runs: z.int(),
    segmenters: z.int(),
    synthetic: z.int(),
    packages: z.int(),
    studies: z.int()
  }),
  /** Folders of which nothing was taken in. */
  left: z.array(z.object({ folder: z.string(), reason: z.string() })),
  /** The catalogue as it was before. */
  before: z.string()
})

/**
 * Everything that can be asked for. Electron's IPC, the loopback host and the terminal serve this one table; a thing is
 * called by its name or its id.
 */
export const requests = {
  'app.doctor': { input: z.object({ engine: EngineRequest.default('auto') }), output: Doctor },
  'app.rebuild': { input: z.object({}), output: RebuildResult },
  'engine.list': { input: z.object({}), output: ListPacksResult },
  'engine.build': { input: BuildPackRequest, output: BuildPackResult },
  'engine.look': { input: LookAtPackRequest, output: LookAtPackResult },
  'engine.install': { input: InstallPackRequest, output: InstallPackResult },
  'engine.remove': { input: ByName, output: RemovePackResult },
  'workspace.show': { input: z.object({}), output: Workspace },
  'datasets.import': { input: ImportRequest, output: ImportResult },
  'datasets.inspect': { input: InspectRequest, output: InspectResult },
  /** Some pictures of a source, before anything of it is taken. */
  'datasets.peek': { input: PeekRequest, output: PeekResult },
  'datasets.list': { input: z.object({}), output: z.object({ datasets: z.array(Dataset) }) },
  'datasets.show': { input: ByName, output: z.object({ dataset: Dataset, images: z.array(DatasetImage) }) },
  'prepared.create': { input: PrepareRequest, output: PrepareResult },
  /** What a preparation would make of some pictures. */
  'prepared.preview': { input: PreviewRequest, output: PreviewResult },
  /** What it would come to, class by class. */
  'prepared.forecast': { input: ForecastRequest, output: Forecast },
  /** How many cells each choice of cover and tones keeps. */
  'masks.table': { input: ToneTableRequest, output: ToneTable },
  'masks.graph': {
    input: z.object({
      dataset: z.string(),
      image: z.string().optional(),
      mask: MaskSettings.default(defaultMaskSettings)
    }),
    output: MaskGraph
  },
  'masks.decode': {
    input: z.object({ mask: z.string(), grayLevels: z.int().min(1).max(15), out: z.string() }),
    output: z.object({
      cells: z.int(),
      sharpness: z.number(),
      method: z.string(),
      /** Of the cells, those that are only the slope between two tones. */
      phantoms: Phantoms,
      file: z.string()
    })
  },
  'runs.train': { input: TrainRequest, output: TrainResult },
  'runs.resume': {
    input: z.object({
      run: z.string(),
      /** The prepared set that it learns from, where somebody wants to be sure of it. */
      prepared: z.string().optional(),
      /** Its length from here on: a finished run is extended, and ends as one that was that long from the start. */
      iterations: z.int().positive().optional(),
      minutes: z.number().positive().optional(),
      /** Samples that are computed at a time from here on, where memory did not suffice; a divisor of the batch. */
      microBatch: z.int().positive().optional(),
      engine: EngineRequest.default('auto')
    }),
    output: TrainResult
  },
  'runs.pause': { input: z.object({ run: z.string() }), output: Run },
  'runs.list': { input: z.object({}), output: z.object({ runs: z.array(Run), builtIn: z.array(BuiltInModel) }) },
  'runs.show': {
    input: ByName,
    output: z.object({ run: Run, history: z.array(HistoryEntry), checkpoints: z.array(Checkpoint) })
  },
  'runs.evaluate': { input: EvaluateRequest, output: EvaluationResult },
  'synthetic.generate': { input: GenerateRequest, output: GenerateResult },
  /** Some pictures to approve before a set is made of them. */
  'synthetic.try': { input: TryRequest, output: TryResult },
  'synthetic.show': { input: ByName, output: z.object({ synthetic: Synthetic, images: z.array(SyntheticImage) }) },
  /** Marks generated pictures as fit to be passed on, or not. */
  'synthetic.judge': { input: JudgeRequest, output: JudgeResult },
  'pictures.list': { input: ListPictures, output: PictureList },
  'pictures.copies': { input: CopiesRequest, output: CopiesResult },
  'pictures.cell': { input: CellQuestion, output: CellAnswer },
  'segment.train': { input: SegmentTrainRequest, output: SegmentTrainResult },
  'segment.predict': { input: SegmentPredictRequest, output: SegmentPredictResult },
  'scores.files': { input: ScoreRequest, output: ScoreResult },
  /** Freezes the question of a study, before anything of it is done. */
  'study.plan': { input: PlanStudyRequest, output: StudyResult },
  /** What planning would come to. */
  'study.preview': { input: PreviewStudyRequest, output: StudyPreview },
  'study.list': { input: z.object({}), output: z.object({ studies: z.array(Study) }) },
  'study.show': { input: OneStudy, output: StudyResult },
  'study.board': { input: OneStudy, output: StudyBoard },
  'study.pictures': { input: OneStudy, output: StudyPictures },
  /** Does what is left of a study, one task after another, and answers with its report. */
  'study.run': { input: RunStudyRequest, output: StudyResult },
  'study.task': { input: StudyTaskRequest, output: StudyTaskResult },
  'study.report': { input: OneStudy, output: StudyResult },
  'study.file': { input: StudyFileRequest, output: StudyFile },
  'study.export': { input: ExportStudyRequest, output: ExportStudyResult },
  /** Takes in what another program predicted, for a row of its own. */
  'study.predictions': { input: StudyPredictionsRequest, output: StudyResult },
  /** Takes in what a cluster did; twice without harm. */
  'study.collect': { input: CollectStudyRequest, output: StudyResult },
  'packages.create': { input: CreatePackageRequest, output: PackageResult },
  'packages.verify': { input: z.object({ file: z.string() }), output: VerifyResult },
  'packages.open': { input: z.object({ file: z.string(), name: Name.optional() }), output: OpenResult },
  /** What some work would take, from a trial of it. */
  'estimates.make': { input: EstimateRequest, output: EstimateResult },
  'things.rename': { input: RenameRequest, output: ThingResult },
  'things.note': { input: NoteRequest, output: ThingResult },
  'things.trash': { input: TrashRequest, output: TrashResult },
  'things.restore': { input: OneThing, output: RestoreResult },
  'things.inTrash': { input: z.object({}), output: TrashContents },
  'things.emptyTrash': { input: z.object({}), output: EmptyTrashResult },
  'things.storage': { input: z.object({}), output: StorageResult },
  'things.origin': { input: OneThing, output: OriginResult },
  'things.place': { input: PlaceRequest, output: PlaceResult },
  /** What is in a folder, for a page that has no dialog of the system. */
  'files.list': { input: ListFiles, output: FileList },
  /** Answers of wizards that did not come to their end yet. */
  'drafts.save': { input: SaveDraft, output: Draft },
  'drafts.list': { input: z.object({}), output: z.object({ drafts: z.array(Draft) }) },
  'drafts.show': { input: ByDraft, output: Draft },
  'drafts.discard': { input: ByDraft, output: z.object({}) },
  /** Runs the bundled sample through every step and answers at the end. */
  'demo.run': { input: DemoRequest, output: DemoResult },

  /** Starts what takes longer than a moment, and answers at once; `task.changed` tells how it goes. */
  'tasks.start': { input: StartTask, output: Task },
  'tasks.list': { input: ListTasks, output: z.object({ tasks: z.array(Task) }) },
  'tasks.show': { input: ByTask, output: Task },
  /** Stops it at its next safe point, to go on later. */
  'tasks.pause': { input: FollowTask, output: Task },
  'tasks.resume': { input: FollowTask, output: Task },
  /** Ends it for good; what it had half made is removed. */
  'tasks.cancel': { input: FollowTask, output: Task },
  /** Leaves off now and keeps what there is. */
  'tasks.keep': { input: FollowTask, output: Task },
  /** Begins anew what ended, with the same answers but for those that are given anew, called as its request's fields are. */
  'tasks.again': { input: FollowTask.extend({ changes: Answers.optional() }), output: Task },
  'tasks.dismiss': { input: FollowTask, output: Task },
  /** Gives a waiting task another place in the queue for the compute engine: 0 is the front. */
  'tasks.move': { input: ByTask.extend({ place: z.int().nonnegative() }), output: Task },
  /** What happens to tasks when this process ends now. */
  'tasks.quitting': { input: z.object({}), output: QuitReport }
} satisfies Record<string, { input: z.ZodType; output: z.ZodType }>

export type RequestName = keyof typeof requests
/** What a caller may leave out has a default. */
export type Input<N extends RequestName> = z.input<(typeof requests)[N]['input']>
export type ParsedInput<N extends RequestName> = z.output<(typeof requests)[N]['input']>
export type Output<N extends RequestName> = z.output<(typeof requests)[N]['output']>

export type Reply = { output: unknown } | { error: WireError }

export const Progress = z.object({
  stage: z.string(),
  done: z.number(),
  total: z.number(),
  secondsLeft: z.number().optional()
})
export type Progress = z.infer<typeof Progress>

/** What the app tells without being asked. */
export const AppEvent = z.discriminatedUnion('event', [
  z.object({ event: z.literal('task.changed'), task: Task }),
  z.object({ event: z.literal('run.history'), run: z.string(), entry: HistoryEntry }),
  z.object({ event: z.literal('run.changed'), run: Run }),
  z.object({ event: z.literal('workspace.changed') })
])
export type AppEvent = z.infer<typeof AppEvent>

/**
 * Pictures a page may ask for, as paths below the workspace: `runs/<id>/samples/<n>.png`,
 * `synthetic/<id>/{images,previews,masks}/<name>.png`, and what `viewPath` names. Hosts serve what matches this and
 * nothing else.
 */
export const PicturePath = z
  .string()
  .max(300)
  .regex(
    new RegExp(
      String.raw`^(?:runs/[\w-]+/samples|synthetic/[\w-]+/(?:images|previews|masks))/[\w-]+\.png$|${viewPattern.source}`
    )
  )
