import { homedir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What differs between hosts, as values. Nothing else in the app asks where it runs. */
export interface Environment {
  /** The folder with everything the user makes. */
  readonly workspace: string
  /** What ships with the program and is read at run time. */
  readonly resources: string
  /** Entry files of the processes and workers that the app starts. */
  readonly enginePath: string
  readonly workerPath: string
  readonly readerPath: string
  /** The Node that runs these processes: never Electron's own (docs/decisions). */
  readonly nodePath: string
  /** Where acceleration packs are installed, and where the choice among engines is remembered: for all workspaces. */
  readonly engineFolder: string
  /** Folders with packs that belong to the program itself: what `npm run engine` built for a checkout. */
  readonly programPacks: readonly string[]
  readonly log: (thrown: unknown) => void
  readonly now: () => Date
}

const here = dirname(fileURLToPath(import.meta.url))

/** The surroundings of a checkout or of an unpacked application folder. */
export function defaultEnvironment(overrides: Partial<Environment> = {}): Environment {
  const isBundled = !import.meta.url.endsWith('.ts')
  const root = resolve(here, '../..')
  // In the built program all entries lie side by side.
  const entry = (name: string): string => join(here, isBundled ? `${basename(name)}.js` : `${name}.ts`)
  return {
    workspace: process.env['CYTOLOOM_WORKSPACE'] ?? defaultWorkspace(),
    resources: join(root, 'resources'),
    enginePath: entry('engine-process'),
    workerPath: entry('workers/image-worker'),
    readerPath: entry('workers/reader-process'),
    nodePath: process.execPath,
    engineFolder: resolve(process.env['CYTOLOOM_ENGINES'] ?? `${defaultWorkspace()}-engines`),
    programPacks: [join(root, 'native')],
    log: () => undefined,
    now: () => new Date(),
    ...overrides
  }
}

/** The system's folder for a user's own data. */
function defaultWorkspace(): string {
  if (process.platform === 'win32') return join(process.env['APPDATA'] ?? homedir(), 'CytoLoom')
  if (process.platform === 'darwin') return join(homedir(), 'Library/Application Support/CytoLoom')
  return join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local/share'), 'cytoloom')
}
