import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')

/** Here remedies are worded as commands. */
const terminal = 'src/main/terminal/'
/** These start programs, others or this one anew: a lone option is theirs and no text for people. */
const startsPrograms =
  /^src\/main\/(?:engine-packs\/(?:download|build-pack|graphics-driver)|electron\/chosen-workspace)\.ts$/

/**
 * A command of ours, an option, an environment variable in a sentence. A line for a colleague's own program (Cellpose in
 * a package's README) is indented and stands alone.
 */
const command = /(?<![.\w])cytoloom [a-z]|\bnpm (?:run|start|test|ci)\b|(?:^|[\s("'`“])--[a-z][\w-]*|\s[A-Z]+_[A-Z_]+\b/
const ofColleagues = /^ {4,}(?:cellpose|yolo) .*$/gm

function sourcesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:ts|svelte)$/.test(entry.name))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll('\\', '/')
    )
}

/** Every text of a source file, also the pieces of templates; of a Svelte file its markup as well. */
function textsOf(path: string): string[] {
  const source = readFileSync(join(root, path), 'utf8')
  if (path.endsWith('.ts')) return literalsOf(source)
  const script = /<script[^>]*>([\s\S]*?)<\/script>/.exec(source)?.[1] ?? ''
  const markup = source.replace(/<(script|style)[^>]*>[\s\S]*?<\/\1>/g, '')
  return [...literalsOf(script), markup]
}

function literalsOf(source: string): string[] {
  const texts: string[] = []
  const see = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      texts.push(node.text)
    }
    ts.forEachChild(node, see)
  }
  see(ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest))
  return texts
}

test('no text outside the terminal names a command or an option: remedies do', () => {
  const found = sourcesBelow('src')
    .filter((path) => !path.startsWith(terminal))
    .flatMap((path) =>
      textsOf(path)
        .filter((text) => text.includes(' ') || !startsPrograms.test(path))
        .map((text) => text.replace(ofColleagues, '').replaceAll(/var\(--[\w-]+\)/g, '')) // colours of a style
        .filter((text) => command.test(text))
        .map((text) => `${path}: ${text}`)
    )
  expect(found).toEqual([])
})

test.each([
  ['cytoloom datasets lists them.', true],
  ['Choose them by --channels 1.', true],
  ['--micro-batch ', true],
  ['Build it with npm run engine.', true],
  ['Set CYTOLOOM_MEMORY_GB to less.', true],
  ['A package, as .cytoloom or .zip', false],
  ['cytoloom', false],
  ['a - b -- c', false],
  ['CYTOLOOM_THREADS', false]
])('the scan finds in "%s" a command: %s', (text, isCommand) => {
  expect(command.test(text)).toBe(isCommand)
})
