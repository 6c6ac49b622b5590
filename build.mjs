// Builds dist/ from src/, simulators/ and the console, each only when its sources changed.
// `node build.mjs` is called by every npm script that needs dist/; it prints nothing when there is nothing to do.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const quiet = process.argv.includes('--quiet')

/** One digest over path, size and content of every file below the given places. */
function digestOf(places) {
  const hash = createHash('sha256')
  const visit = (path) => {
    if (!existsSync(path)) return
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) visit(join(path, name))
    } else hash.update(path).update('\0').update(readFileSync(path)).update('\0')
  }
  for (const place of places) visit(place)
  return hash.digest('hex')
}

function step(name, sources, command, args) {
  const stamp = join('dist', `.${name}.digest`)
  const digest = digestOf([...sources, 'package-lock.json', 'build.mjs'])
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return
  if (!quiet) console.log(`building ${name} …`)
  // Whoever calls, a test runner included: another NODE_ENV would leave that mode's code in the pages.
  const env = { ...process.env, NODE_ENV: 'production' }
  try {
    execFileSync(process.execPath, [command, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    process.stderr.write(`${error.stdout ?? ''}${error.stderr ?? ''}\nbuilding ${name} failed\n`)
    process.exit(70)
  }
  writeFileSync(stamp, digest)
}

/** Beside each script and style its compressed forms: a phone in the field loads a quarter. */
function compressFilesOf(dir) {
  for (const { name, parentPath } of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (!/\.(js|css)$/.test(name)) continue
    const path = join(parentPath, name)
    if (existsSync(`${path}.gz`)) continue
    const bytes = readFileSync(path)
    // The best that takes a second for all of them.
    const params = { [constants.BROTLI_PARAM_QUALITY]: 9 }
    writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }))
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }))
  }
}

mkdirSync('dist', { recursive: true })
step(
  'program',
  ['src', 'simulators', 'tsconfig.json', 'tsconfig.build.json'],
  'node_modules/typescript/bin/tsc',
  ['-p', 'tsconfig.build.json'],
)
writeFileSync(join('dist', 'main.js'), "#!/usr/bin/env node\nimport './src/main.js'\n")
if (existsSync('dashboards/console/vite.config.ts')) {
  step('console', ['dashboards/console'], 'node_modules/vite/bin/vite.js', [
    'build',
    '--config',
    'dashboards/console/vite.config.ts',
  ])
  compressFilesOf(join('dist', 'console'))
}
