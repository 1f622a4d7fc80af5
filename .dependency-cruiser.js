/** The direction of imports. Each rule's name is the sentence that it enforces. */
const never = (name, from, to) => ({ name, severity: 'error', from: { path: from }, to })

/** src/main from the bottom up. A place may import itself and what stands lower. */
const ranks = [
  ['backends'],
  ['masks', 'segmentation', 'study', 'engine'],
  ['files', 'images', 'threads'],
  ['engine-packs'],
  ['datasets', 'catalog', 'packages', 'jobs'],
  ['tasks'],
  ['workspace'],
  ['prepare', 'scoring'],
  ['studies'],
  ['workers'],
  ['services'],
  ['app'],
  ['electron', 'index', 'cli', 'terminal', 'web', 'engine-process']
]
const place = (names) => `^src/main/(${names.join('|')})(/|[.]ts$)`

const upward = ranks
  .slice(0, -1)
  .map((names, rank) =>
    never(`${names[0]}-and-its-rank-never-import-upward`, place(names), { path: place(ranks.slice(rank + 1).flat()) })
  )

const sideways = ranks
  .filter((names) => names.length > 1)
  .map((names) =>
    never(`${names[0]}-and-its-rank-never-import-each-other`, place(names), {
      path: place(names),
      pathNot: '^src/main/$1(/|[.]ts$)'
    })
  )
  .slice(0, -1) // hosts may share: index starts electron/

export default {
  forbidden: [
    never('nothing-is-circular', '^src', { circular: true }),

    never('shared-imports-only-shared-and-zod', '^src/shared', { pathNot: '^src/shared|node_modules/zod' }),
    never('preload-imports-only-shared-and-electron', '^src/preload', { pathNot: '^src/(preload|shared)|electron' }),
    never('renderer-never-reaches-into-main-or-preload', '^src/renderer', { path: '^src/(main|preload)' }),
    never('renderer-never-imports-node', '^src/renderer', { dependencyTypes: ['core'] }),
    never('main-never-imports-renderer-or-preload', '^src/main', { path: '^src/(renderer|preload)' }),

    never('components-live-on-props-alone', '^src/renderer/components', {
      path: '^src/renderer/(state|screens|bridge)'
    }),
    never('screens-never-import-each-other', '^src/renderer/screens/([^/]+)/', {
      path: '^src/renderer/screens/',
      pathNot: '^src/renderer/screens/$1/'
    }),

    never('masks-segmentation-and-study-are-pure', '^src/main/(masks|segmentation|study)/', {
      pathNot: '^src/(main/$1/|shared)'
    }),
    never('engine-sees-only-tensorflow-backends-and-shared', '^src/main/engine/', {
      pathNot: '^src/(main/(engine|backends)/|shared)|node_modules/@tensorflow'
    }),
    never('backends-know-how-to-compute-and-never-what', '^src/main/backends/', {
      pathNot: '^src/(main/backends|shared)|node_modules/(@tensorflow|koffi|webgpu)|^(module|os|util|worker_threads)$'
    }),
    never('only-the-engine-process-runs-the-engine', '^src/main/(?!engine/|backends/|engine-process(/|[.]ts))', {
      path: '^src/main/(engine|backends)/',
      dependencyTypesNot: ['type-only']
    }),
    never('only-the-pool-knows-its-library', '^src/(?!main/threads/pool[.]ts)', { path: 'node_modules/piscina' }),
    never('only-files-zip-knows-the-zip-libraries', '^src/(?!main/files/zip/)', { path: 'node_modules/(yauzl|yazl)' }),
    never('only-the-electron-host-knows-electron', '^src/(shared|renderer|main/(?!electron/|index[.]ts))', {
      path: 'node_modules/electron'
    }),
    ...upward,
    ...sideways
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.svelte.ts', '.svelte', '.js', '.d.ts'],
      conditionNames: ['import', 'types', 'svelte']
    }
  }
}
