/**
 * Loaded before a program (`node --import`): a disk that is full after some writes below a folder, as the system says it.
 * Which folder and how many are told by the environment, so that processes and threads of the program have it too.
 */
import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'

const below = process.env['FULL_BELOW'] ?? '\0'
let left = Number(process.env['FULL_AFTER'])

function requireRoom(path: unknown): void {
  if (!String(path).startsWith(below) || left-- > 0) return
  throw Object.assign(new Error('ENOSPC: no space left on device, write'), {
    code: 'ENOSPC',
    errno: -28,
    syscall: 'write'
  })
}

const { writeFile, copyFile, open } = fs

Object.assign(fs, {
  writeFile: async (...given: Parameters<typeof writeFile>) => {
    requireRoom(given[0])
    return writeFile(...given)
  },
  copyFile: async (...given: Parameters<typeof copyFile>) => {
    requireRoom(given[1])
    return copyFile(...given)
  },
  open: async (...given: Parameters<typeof open>) => {
    const handle = await open(...given)
    const write = handle.writeFile.bind(handle)
    handle.writeFile = async (...bytes: Parameters<typeof write>) => {
      requireRoom(given[0])
      return write(...bytes)
    }
    return handle
  }
})
syncBuiltinESMExports()
