/** What axe finds on a page that would keep somebody out: its findings of `serious` and `critical`. */
import { createRequire } from 'node:module'
import type axe from 'axe-core'
import type { Page } from 'playwright-core'

const { source } = createRequire(import.meta.url)('axe-core') as typeof axe

/** One line a finding: rule, what it means, where; empty where nothing serious is wrong. */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  // Evaluated, not added as a script: the policy of the server forbids that, as it should.
  await page.evaluate(source)
  const violations = await page.evaluate(async () => {
    const found = await (globalThis as unknown as { axe: typeof axe }).axe.run({
      resultTypes: ['violations'],
    })
    return found.violations.map(({ id, impact, help, nodes }) => ({
      id,
      impact,
      help,
      where: nodes
        .slice(0, 5)
        .map((node) => `${node.target.join(' ')} (${node.any[0]?.message ?? ''})`),
    }))
  })
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, where }) => `${id}: ${help}: ${where.join(' | ')}`)
}
