/** A name that nothing of its kind has: with a number where it is taken. */
export function freeName(wanted: string, taken: readonly { readonly name: string }[]): string {
  const names = new Set(taken.map(({ name }) => name.toLowerCase()))
  for (let count = 1; ; count++) {
    const candidate = count === 1 ? wanted : `${wanted} ${count}`
    if (!names.has(candidate.toLowerCase())) return candidate
  }
}
