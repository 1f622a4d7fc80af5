import { packageEnding, type PackageFormat } from '../../shared/packages.ts'

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
  return [folder, 'packages', `${name.replaceAll(' ', '-')}${packageEnding}`].join(separator)
}
