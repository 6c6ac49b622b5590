/**
 * Before all tests of a CI run: builds the optional client of Kafka, half a minute where Debian's
 * librdkafka lies. `install-debian.sh` runs before `npm ci`, so it cannot; elsewhere the tests that
 * need the client are skipped by name instead.
 */
import { execFileSync } from 'node:child_process'

export function setup(): void {
  if (process.env.CI === 'true')
    execFileSync('npm', ['run', '-s', 'build:kafka'], { stdio: 'inherit' })
}
