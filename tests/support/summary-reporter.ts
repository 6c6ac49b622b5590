/**
 * Names every skipped test, which carries its reason, and ends the run with
 * `N passed, N failed, N skipped` alone on a line (CONTRACT §8).
 */
import type { Reporter, TestModule } from 'vitest/node'

export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: 0, skipped: 0 }
    const skipped: string[] = []
    for (const module of modules) {
      if (module.errors().length > 0) count.failed += 1
      for (const test of module.children.allTests()) {
        const result = test.result()
        if (result.state === 'passed') count.passed += 1
        else if (result.state === 'failed') count.failed += 1
        else {
          count.skipped += 1
          const note = 'note' in result && result.note ? ` (${result.note})` : ''
          skipped.push(`skipped: ${module.relativeModuleId} > ${test.fullName}${note}`)
        }
      }
    }
    count.failed += errors.length
    // After vitest's own summary, which is written in the same tick.
    process.on('exit', () => {
      const reasons = skipped.length > 0 ? `\n${skipped.join('\n')}\n` : ''
      console.log(
        `${reasons}\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`,
      )
    })
  }
}
