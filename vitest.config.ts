import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['./tests/support/kafka-built.ts', './tests/support/after-all.ts'],
    reporters: ['default', './tests/support/summary-reporter.ts'],
    // For what hangs, not for what is slow: on a busy machine a test of seconds takes minutes.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    // Two cores: more workers than that only make the end-to-end tests slower.
    maxWorkers: 2,
  },
})
