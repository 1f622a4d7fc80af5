import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** Each file of these folders with its text, by its path from the root. */
async function texts(folders: readonly string[], ending: RegExp): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const folder of folders) {
    for (const entry of await readdir(join(root, folder), { recursive: folder !== '.', withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      if (entry.isFile() && ending.test(entry.name)) found.set(relative(root, path), await readFile(path, 'utf8'))
    }
  }
  return found
}

const code = await texts(['src', 'scripts', 'test'], /\.(ts|js|svelte)$/)
const method = await readFile(join(root, 'docs/method.md'), 'utf8')

/** What the texts say of a kind, as "file: words". */
function mentions(pattern: RegExp): { readonly file: string; readonly words: string }[] {
  return [...code].flatMap(([file, text]) =>
    // A citation may go on behind the break of a comment's line.
    [...text.replaceAll(/\n\s*(\*|\/\/) /g, ' ').matchAll(pattern)].map(([words]) => ({ file, words }))
  )
}

test('every section of docs/method.md that a comment cites is a heading there', () => {
  const headings = new Set([...method.matchAll(/^#+ (§[\d.]+) /gm)].map(([, section]) => section))
  const cited = mentions(/docs\/method\.md (§[\d.]*\d(, )?)+/g)
  const sections = cited.flatMap(({ file, words }) =>
    [...words.matchAll(/§[\d.]*\d/g)].map(([section]) => ({ file, section }))
  )
  expect(sections.length).toBeGreaterThan(40)
  expect(sections.filter(({ section }) => !headings.has(section))).toEqual([])
})

test('every document that a comment names is in the repository', async () => {
  const decisions = await readdir(join(root, 'docs/decisions'))
  const isThere = (words: string) => {
    const [, number] = /^docs\/decisions\/(\d{4})/.exec(words) ?? []
    return number === undefined
      ? existsSync(join(root, words))
      : decisions.some((name) => name.startsWith(`${number}-`) && name.endsWith('.md'))
  }
  const named = mentions(/\bdocs\/(decisions\/\d{4}|[\w/-]+\.md)/g)
  expect(named.length).toBeGreaterThan(40)
  expect(named.filter(({ words }) => !isThere(words))).toEqual([])
})

test('every source that docs/method.md names in brackets is in its list', () => {
  const [text = '', list = ''] = method.split(/^## §12 /m)
  const listed = new Set([...list.matchAll(/\[([^\]]+)\]/g)].map(([, name]) => name))
  const named = [...text.matchAll(/\[([A-Za-z][\w-]+)( §[\d.]+)?\](?!\()/g)].map(([, name]) => name)
  expect(named.length).toBeGreaterThan(20)
  expect(named.filter((name) => !listed.has(name))).toEqual([])
})

test('every path that a document names is in the repository', async () => {
  const documents = new Map([...(await texts(['docs'], /\.md$/)), ...(await texts(['.'], /^[A-Z]+\.md$/))])
  const rooms = (await readdir(join(root, 'src/main'), { withFileTypes: true })).filter((entry) => entry.isDirectory())
  const inMain = new RegExp(`^(${rooms.map(({ name }) => name).join('|')})/[\\w/-]+\\.ts$`)
  const named = [...documents].flatMap(([file, text]) =>
    [...text.matchAll(/`([\w.-]+(?:\/[\w.-]+)+)`/g)].map(([, path = '']) => ({ file, path }))
  )
  const asked = named.flatMap(({ file, path }) => {
    if (/\b(NAME|AREA)\b/.test(path)) return [] // stands for any
    if (/^(src|test|scripts|docs|resources)\//.test(path)) return [{ file, path }]
    return inMain.test(path) ? [{ file, path: `src/main/${path}` }] : []
  })
  expect(asked.length).toBeGreaterThan(60)
  expect(asked.filter(({ path }) => !existsSync(join(root, path)))).toEqual([])
})

test('links between documents lead somewhere', async () => {
  const documents = new Map([...(await texts(['docs'], /\.md$/)), ...(await texts(['.'], /^[A-Z]+\.md$/))])
  const broken = [...documents].flatMap(([file, text]) =>
    [...text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !existsSync(join(root, file, '..', target)))
      .map((target) => `${file}: ${target}`)
  )
  expect(broken).toEqual([])
})
