/** The page's own address in the desktop app; pictures have another scheme, so a picture is never a script. */
export const pageScheme = 'app'
export const pictureScheme = 'asset'
export const pageOrigin = `${pageScheme}://cytoloom`

export function isOwnPage(url: string): boolean {
  return url === pageOrigin || url.startsWith(`${pageOrigin}/`)
}
