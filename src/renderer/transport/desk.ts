import { type DeskInput, type DeskOutput, type DeskRequest, deskRequests } from '../../shared/desk.ts'
import { outputOf } from './reply.ts'
import { type Transport } from './transport.ts'

/**
 * The system around the page: in the desktop window its dialogs, its file manager and the places of dropped files. In a
 * browser there are none (`hasDialogs`), and the page uses its own ways.
 */
export class Desk {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  get hasDialogs(): boolean {
    return this.#transport.pathOf !== undefined
  }

  /** Where a dropped or chosen file or folder lies, where that is known. */
  pathOf(file: File): string | undefined {
    return this.#transport.pathOf?.(file)
  }

  /** @returns full paths; none where the person changed their mind */
  async choose(input: DeskInput<'desk.choose'>): Promise<readonly string[]> {
    return (await this.#ask('desk.choose', input)).paths
  }

  /** @returns the full path of what is to be written, or undefined where the person changed their mind */
  async chooseNew(input: DeskInput<'desk.chooseNew'>): Promise<string | undefined> {
    return (await this.#ask('desk.chooseNew', input)).path
  }

  /** Has the program start anew with the workspace that the person chooses; tells whether they chose one. */
  async chooseWorkspace(): Promise<boolean> {
    return (await this.#ask('desk.chooseWorkspace', {})).chosen
  }

  /** Shows a thing, or a file in it, in the file manager; tells whether it could, and where it is. */
  showInFolder(input: DeskInput<'desk.showInFolder'>): Promise<DeskOutput<'desk.showInFolder'>> {
    return this.#ask('desk.showInFolder', input)
  }

  async #ask<N extends DeskRequest>(name: N, input: DeskInput<N>): Promise<DeskOutput<N>> {
    const output = outputOf(await this.#transport.send(name, input))
    // The schema of N was applied; TypeScript cannot follow the table's pairing through a variable name.
    return deskRequests[name].output.parse(output) as DeskOutput<N>
  }
}
