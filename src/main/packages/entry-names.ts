/** What an entry of a package is. There is nothing else in one. A copy says the same again for another program. */
export type Place = 'manifest' | 'readme' | 'about' | 'outlines' | 'cells' | 'image' | 'mask' | 'copy'

export const entryName = {
  manifest: 'manifest.json',
  readme: 'README.txt',
  about: 'about.json',
  outlines: 'outlines.coco.json',
  image: (file: string) => `images/${file}`,
  mask: (file: string) => `masks/${file.replace(/\.\w+$/, '.png')}`,
  /** The cells of a picture of a data set. */
  cells: (file: string) => `cells/${file.replace(/\.\w+$/, '.json')}`
}

/** A picture's file name in a package: the same on every system, and harmless in each. */
export const pictureName = /^[\w-]{1,200}\.(?:png|tif)$/

/** Files for other programs. Which of them a package has follows from its about.json and formats. */
const copyName =
  /^(?:masks\.coco\.json|(?:previews|masks-tiff|cellpose|stardist|imagej|qupath|yolo|tissuenet)\/(?:(?:images|masks|labels)\/)?[\w-]{1,220}\.(?:png|tif|zip|geojson|txt|yaml|npz))$/

export function placeOf(name: string): Place | undefined {
  return places.get(name) ?? (copyName.test(name) ? 'copy' : placeOfPicture(name))
}

const places: ReadonlyMap<string, Place> = new Map([
  [entryName.manifest, 'manifest'],
  [entryName.readme, 'readme'],
  [entryName.about, 'about'],
  [entryName.outlines, 'outlines']
])

function placeOfPicture(name: string): Place | undefined {
  const [folder, file, ...deeper] = name.split('/')
  if (file === undefined || deeper.length > 0) return undefined
  if (folder === 'cells') return /^[\w-]{1,200}\.json$/.test(file) ? 'cells' : undefined
  if (!pictureName.test(file)) return undefined
  if (folder === 'images') return 'image'
  return folder === 'masks' && file.endsWith('.png') ? 'mask' : undefined
}

const controlCharacter = /\p{Cc}/u
const deviceName = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

/** Each way in which a name could lead out of a fresh folder, or mean another file on another system. */
const nameProblems: readonly { readonly says: string; readonly is: (name: string) => boolean }[] = [
  { says: 'is empty', is: (name) => name === '' },
  { says: 'holds a control character', is: (name) => controlCharacter.test(name) },
  { says: 'holds characters beyond plain ASCII', is: (name) => /[^ -~]/.test(name) },
  { says: 'holds a backslash', is: (name) => name.includes('\\') },
  { says: 'begins with a drive letter', is: (name) => /^[a-z]:/i.test(name) },
  { says: 'is an absolute path', is: (name) => name.startsWith('/') },
  { says: 'is a folder', is: (name) => name.endsWith('/') },
  { says: 'leads out of its folder', is: (name) => name.split('/').includes('..') },
  { says: 'has an empty part', is: (name) => name.split('/').some((part) => part === '' || part === '.') },
  { says: 'has a part that ends in a dot or space', is: (name) => name.split('/').some((part) => /[. ]$/.test(part)) },
  { says: 'is reserved for a device on Windows', is: (name) => name.split('/').some((part) => deviceName.test(part)) },
  { says: 'does not belong in a package', is: (name) => placeOf(name) === undefined }
]

/** Why an entry's name is not accepted, as the end of a sentence; `undefined` for a good one. */
export function nameProblem(name: string): string | undefined {
  return nameProblems.find(({ is }) => is(name))?.says
}
