// Builds the optional client of Kafka, node-rdkafka, in node_modules. `npm run build:kafka`; does nothing where it is built.
// Links Debian's librdkafka where its headers are (apt-get install librdkafka-dev; half a minute), else compiles the one that comes
// with the package (minutes). Headers of Node.js are taken from beside it, else node-gyp fetches them.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'

const client = resolve('node_modules', 'node-rdkafka')
if (!existsSync(client)) {
  console.error('node-rdkafka is not in node_modules: run npm ci first, without --omit=optional')
  process.exit(78)
}
if (existsSync(join(client, 'build', 'Release', 'node-librdkafka.node'))) process.exit(0)
if (!process.env.npm_execpath) {
  console.error('run it as npm run build:kafka: the compiler driver is part of npm')
  process.exit(64)
}
const gyp = createRequire(process.env.npm_execpath).resolve('node-gyp/bin/node-gyp.js')
const installed = existsSync('/usr/include/librdkafka/rdkafkacpp.h')
const besideNode = dirname(dirname(process.execPath))
const headers = existsSync(join(besideNode, 'include', 'node', 'node.h'))
  ? [`--nodedir=${besideNode}`]
  : []
console.log(
  installed ? 'linking the installed librdkafka …' : 'compiling librdkafka, this takes minutes …',
)
try {
  execFileSync(process.execPath, [gyp, 'rebuild', ...headers], {
    cwd: client,
    env: { ...process.env, BUILD_LIBRDKAFKA: installed ? '0' : '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 2 ** 26,
  })
} catch (error) {
  process.stderr.write(`${error.stdout ?? ''}${error.stderr ?? ''}\nbuilding node-rdkafka failed\n`)
  process.exit(70)
}
