import { join } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

/** Attacks, kills and long training: a minute each. They run by themselves, after the quick ones. */
const slow = [
  'test/integration/{hostile-commands,hostile-files,packages-hostile,fuzz,requests-fuzz,catalog-rebuild}.test.ts',
  'test/integration/engine-process/{exact-resume,extension,killed}.test.ts',
  'test/integration/services/{bad-days,closing,estimates,full-disk,many-files,unplugged}.test.ts',
  'test/integration/services/{run-troubles,segmentation,stopping,training,unannotated}.test.ts',
  'test/integration/main/datasets/made-livecell.test.ts',
  'test/integration/studies/{killed-study,slurm}.test.ts',
  'test/unit/main/study/coverage.test.ts'
]

const project = (name: string, include: string[], testTimeout: number, exclude: string[] = []) => ({
  plugins: [svelte()],
  resolve: { conditions: ['browser'] },
  test: {
    name,
    include,
    exclude,
    testTimeout,
    hookTimeout: testTimeout,
    expect: { poll: { timeout: testTimeout / 2 } },
    maxWorkers: 2,
    // Test files run side by side: engines that each want all cores would wait for one another's threads.
    env: {
      CYTOLOOM_THREADS: '1',
      TF_NUM_INTRAOP_THREADS: '1',
      OMP_NUM_THREADS: '1',
      CYTOLOOM_ENGINES: join(import.meta.dirname, '.cache/engines') // what commands under test measure stays here
    }
  }
})

export default defineConfig({
  test: {
    globalSetup: ['test/support/originals.ts'],
    projects: [
      project('unit', ['test/unit/**/*.test.ts', 'test/integration/**/*.test.ts'], 60_000, slow),
      project('slow', slow, 300_000),
      project('native', ['test/native/**/*.test.ts'], 300_000),
      project('webgpu', ['test/webgpu/**/*.test.ts'], 600_000),
      project('browser', ['test/browser/**/*.test.ts'], 600_000)
    ]
  }
})
