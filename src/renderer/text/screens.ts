import { type Screen } from '../screens.ts'
import { count } from './common.ts'

export const screenTitles: Readonly<Record<Screen, string>> = {
  home: 'Start',
  work: 'Work',
  trash: 'Trash',
  settings: 'Settings'
}

export const screenWords = {
  screens: 'Screens',
  atWork: (tasks: number) => `${count(tasks, 'task')} under way`
}
