/** A dropped file and its path below what was dropped. */
export interface DroppedFile {
  readonly path: string
  readonly file: File
}

/** All files of what was dropped, also those in folders. Hidden ones are left out. */
export async function droppedFiles(transfer: DataTransfer): Promise<DroppedFile[]> {
  // The list is empty as soon as this returns to the browser: entries are taken first, then read.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? [])
  return (await Promise.all(entries.map((entry) => filesOf(entry, '')))).flat()
}

async function filesOf(entry: FileSystemEntry, above: string): Promise<DroppedFile[]> {
  if (entry.name.startsWith('.')) return []
  const path = above === '' ? entry.name : `${above}/${entry.name}`
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject))
    return [{ path, file }]
  }
  if (!isFolder(entry)) return []
  const found: DroppedFile[] = []
  const reader = entry.createReader()
  for (;;) {
    // A browser gives some at a time, and none at the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (some.length === 0) return found
    for (const each of some) found.push(...(await filesOf(each, path)))
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory
}

/** What was dropped, as one place: the folder or file itself where it was one, else the folder of all of it. */
export function placeOfDrop(folder: string, paths: readonly string[]): string {
  const tops = [...new Set(paths.map((path) => path.split('/')[0] ?? ''))]
  const separator = folder.includes('\\') ? '\\' : '/'
  const [top] = tops
  return tops.length === 1 && top !== undefined ? `${folder}${separator}${top}` : folder
}
