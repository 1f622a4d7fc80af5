import { type PackageFormat } from '../../shared/packages.ts'
import { fileSize } from './common.ts'

export const packingWords = {
  open: 'Pack for other programs',
  formats: 'Copies for',
  always: 'Pictures, masks and a text that explains them are always in it.',
  file: 'File to write',
  start: 'Pack',
  busy: 'Packing …',
  done: (bytes: number) => `Packed: ${fileSize(bytes)}, checked after writing.`
}

/** Programs as their users call them; label images are always packed. */
export const programs: readonly { readonly format: PackageFormat; readonly name: string; readonly isUsual: boolean }[] =
  [
    { format: 'coco', name: 'COCO', isUsual: true },
    { format: 'cellpose', name: 'Cellpose', isUsual: false },
    { format: 'stardist', name: 'StarDist', isUsual: false },
    { format: 'imagej', name: 'Fiji (ImageJ)', isUsual: false },
    { format: 'qupath', name: 'QuPath', isUsual: false },
    { format: 'yolo', name: 'YOLO', isUsual: false },
    { format: 'tissuenet', name: 'TissueNet', isUsual: false },
    { format: 'tiff', name: 'masks as TIFF', isUsual: false }
  ]

/** A place in the workspace, in the manner of the system that its folder is on. */
export function usualPlace(folder: string, name: string): string {
  const separator = folder.includes('\\') ? '\\' : '/'
  return [folder, 'packages', `${name.replaceAll(' ', '-')}.zip`].join(separator)
}
