// Builds dist/ from src/, simulators/ and the console, each only when its sources changed.
// `node build.mjs` is called by every npm script that needs dist/; it prints nothing when there is nothing to do.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

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
  try {
    execFileSync(process.execPath, [command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    process.stderr.write(`${error.stdout ?? ''}${error.stderr ?? ''}\nbuilding ${name} failed\n`)
    process.exit(70)
  }
  writeFileSync(stamp, digest)
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
}
