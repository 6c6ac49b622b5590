/**
 * Names every skipped test, which carries its reason, and every one that passed only when it was
 * tried again, with what went wrong first, and ends the run with
 * `N passed, N failed, N skipped` alone on a line (CONTRACT §8).
 */
import type { Reporter, TestModule } from 'vitest/node'

export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: 0, skipped: 0 }
    const told: string[] = []
    for (const module of modules) {
      if (module.errors().length > 0) count.failed += 1
      for (const test of module.children.allTests()) {
        const result = test.result()
        const name = `${module.relativeModuleId} > ${test.fullName}`
        if (result.state === 'passed') {
          count.passed += 1
          if (test.diagnostic()?.flaky) told.push(`passed when tried again: ${name}`, why(result))
        } else if (result.state === 'failed') count.failed += 1
        else {
          count.skipped += 1
          const note = 'note' in result && result.note ? ` (${result.note})` : ''
          told.push(`skipped: ${name}${note}`)
        }
      }
    }
    count.failed += errors.length
    // After vitest's own summary, which is written in the same tick.
    process.on('exit', () => {
      const first = told.length > 0 ? `\n${told.join('\n')}\n` : ''
      console.log(
        `${first}\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`,
      )
    })
  }
}

function why({ errors }: { errors?: readonly { message: string; stack?: string }[] }): string {
  return (errors ?? []).map(({ message, stack }) => `  ${stack ?? message}`).join('\n')
}
