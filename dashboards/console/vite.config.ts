import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin, type Rolldown } from 'vite'

/** What `/grid` consists of: these chunks, and all that they bring along. */
const FIELD_PAGE = ['main.tsx', 'app/App.tsx', 'app/Workplace.tsx', 'field/Field.tsx']

/** Of the program that this console belongs to. */
const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string }

/** Writes into the service worker of `/grid` the files that it keeps on the phone. */
function fieldShell(): Plugin {
  return {
    name: 'field-shell',
    generateBundle: {
      // After chunks that held styles alone are gone.
      order: 'post',
      handler(_, bundle) {
        const chunks = Object.values(bundle).filter((one) => one.type === 'chunk')
        const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]))
        const files = new Set<string>()
        const add = (chunk: Rolldown.OutputChunk | undefined) => {
          if (chunk === undefined || files.has(chunk.fileName)) return
          files.add(chunk.fileName)
          for (const style of chunk.viteMetadata?.importedCss ?? []) files.add(style)
          for (const name of chunk.imports) add(byName.get(name))
        }
        for (const page of FIELD_PAGE) {
          const own = chunks.find(({ moduleIds }) =>
            moduleIds.some((id) => id.endsWith(`/${page}`)),
          )
          if (own === undefined) throw new Error(`no chunk holds ${page}`)
          add(own)
        }
        const worker = chunks.find(({ fileName }) => fileName === 'field-worker.js')!
        const shell = JSON.stringify([...files].sort().map((file) => `/${file}`))
        worker.code = worker.code.replaceAll('__FIELD_SHELL__', shell)
      },
    },
  }
}

/**
 * Builds the console into `dist/console`. Three long-lived chunks besides our own code, so that a
 * new release of the console does not make every desk download the libraries again.
 */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/',
  // `public/` is the page for everyone, no folder of files to copy.
  publicDir: false,
  plugins: [react(), fieldShell()],
  define: { __CONSOLE_VERSION__: JSON.stringify(version) },
  build: {
    outDir: '../../dist/console',
    emptyOutDir: true,
    target: 'es2022',
    // The policy of the server forbids inline scripts and foreign origins; every asset is a file.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      input: {
        index: fileURLToPath(new URL('index.html', import.meta.url)),
        'field-worker': fileURLToPath(new URL('field/worker.ts', import.meta.url)),
      },
      output: {
        // A service worker has one address for good: browsers look there for a newer one.
        entryFileNames: ({ name }) =>
          name === 'field-worker' ? '[name].js' : 'assets/[name]-[hash].js',
        codeSplitting: {
          groups: [
            { name: 'map', test: /node_modules[\\/](ol|rbush|quickselect|pbf|earcut)[\\/]/ },
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ },
            {
              name: 'antd',
              test: /node_modules[\\/](antd|@ant-design|@rc-component|rc-[^\\/]+)[\\/]/,
            },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      '/api': { target: process.env.LASTGASP_URL ?? 'http://127.0.0.1:8080', ws: true },
    },
  },
})
