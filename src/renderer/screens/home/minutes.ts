/** The number of minutes in a field: `usual` when it is empty, `invalid` when it is no number of (0, 600]. */
export function minutesOf(text: string): number | 'usual' | 'invalid' {
  const trimmed = text.trim().replace(',', '.')
  if (trimmed === '') return 'usual'
  const minutes = Number(trimmed)
  return minutes > 0 && minutes <= 600 ? minutes : 'invalid'
}
