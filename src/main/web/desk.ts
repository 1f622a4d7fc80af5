import { AppError } from '../../shared/errors.ts'
import { type App } from '../app.ts'
import { type DeskHandlers } from '../services/desk.ts'
import { type RequestContext } from '../services/dispatch.ts'

/** A page in a browser has no dialogs of the system and no file manager: it browses by itself and shows paths. */
export function browserDesk(app: App, context: RequestContext): DeskHandlers {
  return {
    'desk.choose': refuseDialog,
    'desk.chooseNew': refuseDialog,
    'desk.chooseWorkspace': refuseDialog,
    'desk.showInFolder': async (input) => ({ ...(await app.handlers['things.place'](input, context)), shown: false })
  }
}

function refuseDialog(): never {
  throw new AppError('usage', "A page in a browser cannot open the system's dialogs.", {
    next: 'Choose the file in the page, or write its full path.'
  })
}
