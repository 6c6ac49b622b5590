/**
 * The files of the built console. They are listed once at the start, so no path of a request ever
 * reaches the file system; what a browser navigates to and is no file is the console itself.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from './problem.ts'

/** Answers a request for a file of the console. */
export type ConsoleFiles = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>

export function consoleFiles(dir: string | undefined): ConsoleFiles {
  const files = new Set(dir === undefined ? [] : listFiles(dir))
  return async (request, reply) => {
    const path = decodedPath(request.url)
    if (path !== '' && files.has(path)) {
      // Vite names assets by their content, so they never change; everything else may.
      const fixed = path.startsWith('assets/')
      reply.header('cache-control', fixed ? 'public, max-age=31536000, immutable' : 'no-cache')
      return reply.sendFile(path, { cacheControl: false })
    }
    const navigates = request.headers.accept?.includes('text/html') === true
    const api = path.startsWith('api/')
    if (files.has('index.html') && !api && (path === '' || navigates)) {
      reply.header('cache-control', 'no-cache')
      return reply.sendFile('index.html', { cacheControl: false })
    }
    throw new Problem('notFound', `nothing at /${path}`)
  }
}

function listFiles(dir: string, below = ''): string[] {
  let entries: import('node:fs').Dirent[]
  try {
    entries = readdirSync(join(dir, below), { withFileTypes: true })
  } catch {
    // Not built yet: the program serves its interface without a console.
    return []
  }
  return entries.flatMap((entry) => {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    return entry.isDirectory() ? listFiles(dir, path) : [path]
  })
}

function decodedPath(url: string): string {
  try {
    return decodeURIComponent(url.split('?', 1)[0]!).replace(/^\/+/, '')
  } catch {
    throw new Problem('request.malformed', 'the path cannot be read')
  }
}
