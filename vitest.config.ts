import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

const project = (name: string, include: string[], testTimeout: number) => ({
  plugins: [svelte()],
  resolve: { conditions: ['browser'] },
  test: { name, include, testTimeout, hookTimeout: testTimeout, maxWorkers: 2 }
})

export default defineConfig({
  test: {
    projects: [
      project('unit', ['test/unit/**/*.test.ts', 'test/integration/**/*.test.ts'], 60_000),
      project('native', ['test/native/**/*.test.ts'], 300_000),
      project('browser', ['test/browser/**/*.test.ts'], 600_000)
    ]
  }
})
