/**
 * Where a worker thread's code is. Plain Node runs `dist/`, vitest runs the `.ts` sources, and a
 * worker thread can only load JavaScript: from sources the compiled twin under `dist/` is taken.
 */

/** The folder above `src/`: the package in sources, `dist/` when compiled. */
const ROOT = new URL('../../', import.meta.url)

/**
 * URL of the worker entry `entry` (`'./writer.ts'`), seen from the module at `importMetaUrl`.
 * From sources the build must have run before (`npm test` does).
 */
export function workerUrl(importMetaUrl: string, entry: `./${string}.ts`): URL {
  const compiled = new URL(entry.replace(/\.ts$/, '.js'), importMetaUrl)
  if (!importMetaUrl.endsWith('.ts')) return compiled
  if (!compiled.href.startsWith(ROOT.href))
    throw new Error(`${importMetaUrl} is outside ${ROOT.href}`)
  return new URL(`dist/${compiled.href.slice(ROOT.href.length)}`, ROOT)
}
