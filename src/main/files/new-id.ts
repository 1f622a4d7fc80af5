import { randomBytes } from 'node:crypto'

/** A short id that no user has to type: a letter for the kind and eight characters of chance. */
export function newId(kind: string): string {
  const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789'
  const characters = [...randomBytes(8)].map((byte) => alphabet[byte % alphabet.length] ?? '')
  return `${kind}-${characters.join('')}`
}
