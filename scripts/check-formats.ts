/**
 * Opens a package in the libraries of the field and compares its cells with its label images.
 *
 *   node scripts/check-formats.ts PACKAGE.zip
 *
 * The package must hold every format (cytoloom package create SET --formats …). The libraries are installed from PyPI into
 * a temporary folder. Exit: 0 the same cells · 1 other cells · 3 Python, the network or the package is not there.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const libraries = ['numpy', 'pillow', 'tifffile', 'imagecodecs', 'pycocotools', 'roifile', 'geojson', 'shapely']
const absent = 3

const [file] = process.argv.slice(2)
process.exitCode = file !== undefined && existsSync(file) ? check(file) : say('Name a package that is there.')

function check(packageFile: string): number {
  const folder = mkdtempSync(join(tmpdir(), 'check-formats-'))
  try {
    const python = process.platform === 'win32' ? join(folder, 'Scripts/python.exe') : join(folder, 'bin/python')
    if (!runs('python3', ['-m', 'venv', folder])) return say('Not checked: there is no Python 3 with venv here.')
    if (!runs(python, ['-m', 'pip', 'install', '--quiet', ...libraries])) {
      return say('Not checked: the libraries could not be installed from PyPI. Is there a network?')
    }
    return (
      spawnSync(python, [join(import.meta.dirname, 'check-formats.py'), packageFile], { stdio: 'inherit' }).status ?? 1
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function runs(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0
}

function say(sentence: string): number {
  process.stderr.write(`${sentence}\n`)
  return absent
}
