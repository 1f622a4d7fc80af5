import { z } from 'zod'
import { PlaceRequest, PlaceResult } from './tending.ts'

/** What a dialog lets a person choose. */
export const ChoiceKind = z.enum(['folder', 'pictures', 'archive', 'package', 'file'])
export type ChoiceKind = z.infer<typeof ChoiceKind>

/** What the page asks of the system around it, and not of the app: dialogs and the file manager. Only a window has them. */
export const deskRequests = {
  /** What the person chose, as full paths; none where they changed their mind. */
  'desk.choose': {
    input: z.object({ kind: ChoiceKind, many: z.boolean().default(false) }),
    output: z.object({ paths: z.array(z.string()) })
  },
  /** Where something is to be written: a full path, or none. `name` is what is suggested, a name or a full path. */
  'desk.chooseNew': {
    input: z.object({ kind: ChoiceKind.exclude(['folder']), name: z.string().max(1000) }),
    output: z.object({ path: z.string().optional() })
  },
  /**
   * Lets the person choose a workspace's folder and starts the program anew with it; false where they changed their mind,
   * or would rather have what is at work end first.
   */
  'desk.chooseWorkspace': { input: z.object({}), output: z.object({ chosen: z.boolean() }) },
  /** Shows a thing's folder, or a file in it, in the file manager. Without one the page can still show the path. */
  'desk.showInFolder': { input: PlaceRequest, output: PlaceResult.extend({ shown: z.boolean() }) }
} satisfies Record<string, { input: z.ZodType; output: z.ZodType }>

export type DeskRequest = keyof typeof deskRequests
export type DeskInput<N extends DeskRequest> = z.input<(typeof deskRequests)[N]['input']>
export type DeskParsed<N extends DeskRequest> = z.output<(typeof deskRequests)[N]['input']>
export type DeskOutput<N extends DeskRequest> = z.output<(typeof deskRequests)[N]['output']>
