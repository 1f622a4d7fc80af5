/** A path begins a text or a word. Its inner names may have spaces, its last one only before an ending. */
const path =
  /(?<=^|[\s"'“”‘’`([{<=,;])(?:file:\/\/\/?|[A-Za-z]:[\\/]|\\\\(?=\w)|~[\\/]|[\\/](?=[^\s\\/]))(?:(?:(?!\s~?[\\/])[^\\/\n"“”<>|*?])+[\\/])*(?:[^\\/\n"“”<>|*?:;,]*?\.[A-Za-z0-9]{1,8}\b|[^\\/\s"'“”‘’`<>|*?:;,)\]}]*)/gm

/**
 * A text without the paths of somebody's computer, for passing on: names of folders tell of people, plates and patients.
 * What kind of file it was is kept: `‹path›.tif`.
 */
export function redacted(text: string): string {
  return text.replace(path, (found) => `‹path›${/\.[A-Za-z0-9]{1,8}$/.exec(found)?.[0] ?? ''}`)
}
