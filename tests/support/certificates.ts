/** Certificates for one test, made by openssl: an authority, and what it vouches for. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Certificate {
  readonly certFile: string
  readonly keyFile: string
}

export interface Authority {
  readonly caFile: string
  /** A certificate in the name of `commonName`, for 127.0.0.1. */
  issue(commonName: string): Certificate
  remove(): void
}

/** A new authority in a folder of its own. */
export function certificateAuthority(): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'lastgasp-certificates-'))
  const at = (name: string) => join(folder, name)
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' })
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl(
    ...['req', '-x509', ...newKey, '-keyout', at('ca.key'), '-out', at('ca.pem')],
    ...['-days', '1', '-subj', '/CN=test authority'],
  )
  writeFileSync(at('names'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n')
  return {
    caFile: at('ca.pem'),
    issue(commonName) {
      const [certFile, keyFile] = [at(`${commonName}.pem`), at(`${commonName}.key`)]
      const request = at(`${commonName}.csr`)
      openssl(
        ...['req', ...newKey, '-keyout', keyFile, '-out', request],
        ...['-subj', `/CN=${commonName}`],
      )
      openssl(
        ...['x509', '-req', '-in', request, '-out', certFile, '-days', '1'],
        ...[
          '-CA',
          at('ca.pem'),
          '-CAkey',
          at('ca.key'),
          '-CAcreateserial',
          '-extfile',
          at('names'),
        ],
      )
      return { certFile, keyFile }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
