import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

/**
 * The reference numbers and real images that stand beside a developer's checkout. They are not part of the product;
 * tests that need them skip, and say so, where they are absent.
 */
const root = resolve(import.meta.dirname, '../../../shared')

export const hasSharedData = existsSync(resolve(root, 'golden')) && existsSync(resolve(root, 'data'))

/** Append this to the name of a suite that skips without the shared data. */
export const withoutSharedData = hasSharedData ? '' : ' (skipped: ../shared with data and golden numbers is absent)'

export function goldenPath(...parts: string[]): string {
  return resolve(root, 'golden', ...parts)
}

export function dataPath(...parts: string[]): string {
  return resolve(root, 'data', ...parts)
}
