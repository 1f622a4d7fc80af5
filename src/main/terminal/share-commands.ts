import { type Command, InvalidArgumentError } from 'commander'
import { PackageFormat } from '../../shared/packages.ts'
import { type CommonOptions, type Host } from './host.ts'
import { count, wholeNumber } from './numbers.ts'

/** package create · verify · open, and serve */
export function addShareCommands(program: Command, host: Host): void {
  const packages = program
    .command('package')
    .description('pack a set into one checked file for a colleague, or open one')
  addCreate(packages, host)
  packages
    .command('verify')
    .description('check every entry of a package')
    .argument('<file>', 'the package')
    .action(async (file: string, { workspace }: CommonOptions) => {
      const result = await host.request('packages.verify', { file }, workspace)
      const { entries, images, unchecked } = result
      const rest = unchecked.map((path) => `Not compared with the set, as another version made it: ${path}`)
      host.print(result, [`${file} is whole: ${entries} entries, ${count(images, 'picture')}.`, ...rest].join('\n'))
    })
  packages
    .command('open')
    .description('check a package, then import it into the workspace')
    .argument('<file>', 'the package')
    .option('--name <name>', 'name of the set here (default: its own)')
    .action(async (file: string, { workspace, name }: CommonOptions & { name?: string }) => {
      const result = await host.request('packages.open', name === undefined ? { file } : { file, name }, workspace)
      const { synthetic, dataset, images, cells } = result
      const taken = synthetic ? `The synthetic set "${synthetic.name}"` : `The data set "${dataset?.name ?? ''}"`
      host.print(result, `${taken}: ${count(images, 'picture')} with ${count(cells, 'cell')}.`)
    })
  program
    .command('serve')
    .description('open the app as a page in the browser, for this computer only')
    .option('--port <number>', 'port of the page; 0 takes a free one', wholeNumber, 0)
    .action(async ({ workspace, port }: CommonOptions & { port: number }) => {
      const { serve } = await import('./serve.ts') // the only command with a web server
      await serve({ workspace, port, opensBrowser: false })
    })
}

export interface CreateOptions extends CommonOptions {
  readonly out: string
  readonly formats?: PackageFormat[]
  readonly license?: string
  readonly author?: string
}

function addCreate(packages: Command, host: Host): void {
  const command = packages
    .command('create')
    .description('pack a synthetic set or a data set into one file')
    .argument('<set>', 'name or id of the synthetic set or data set')
    .requiredOption(
      '--out <file>',
      'the file to write; a name that ends in .cytoloom opens here by a double-click, and is a zip as well'
    )
  addCreateOptions(command).action(async (set: string, { workspace, json: _, ...rest }: CreateOptions) => {
    const result = await host.request('packages.create', { set, ...rest }, workspace)
    const { file, entries, sha256, warnings } = result
    host.print(result, [`${file}: ${entries} entries, SHA-256 ${sha256}`, ...warnings].join('\n'))
  })
}

/** What can be chosen of a package. */
export function addCreateOptions(command: Command): Command {
  return command
    .option('--formats <list>', `any of ${PackageFormat.options.join(',')}`, formatList)
    .option('--license <name>', 'license of the set, as it stands in the package')
    .option('--author <name>', 'author of the set, as it stands in the package')
}

function formatList(text: string): PackageFormat[] {
  return text.split(',').map((word) => {
    const format = PackageFormat.safeParse(word.trim())
    if (format.success) return format.data
    throw new InvalidArgumentError(`There is no format "${word}". Known are ${PackageFormat.options.join(', ')}.`)
  })
}
