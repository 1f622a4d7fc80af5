import { type ClassCount, type DatasetImage } from '../../shared/datasets.ts'
import { groupBy } from './group-by.ts'
import { byName } from './picture-files.ts'

/** Images and cells of each class, in the order of names; by hours too where every hour is known. */
export function countClasses(images: readonly DatasetImage[]): ClassCount[] {
  const classes = groupBy(images, ({ class: name }) => name)
  return [...classes]
    .sort(([a], [b]) => byName(a, b))
    .map(([name, members]) => {
      const hours = countHours(members)
      return { name, ...count(members), ...(hours.length > 0 ? { hours } : {}) }
    })
}

function count(images: readonly DatasetImage[]): { images: number; annotated: number; cells: number } {
  return {
    images: images.length,
    annotated: images.filter(({ annotated }) => annotated).length,
    cells: images.reduce((sum, { cells }) => sum + cells, 0)
  }
}

function countHours(images: readonly DatasetImage[]): { hour: number; images: number; cells: number }[] {
  const hours = groupBy(images, ({ time }) => time)
  return [...hours]
    .flatMap(([hour, members]) => {
      const { images: present, cells } = count(members)
      return hour === undefined ? [] : [{ hour, images: present, cells }]
    })
    .sort((a, b) => a.hour - b.hour)
}
