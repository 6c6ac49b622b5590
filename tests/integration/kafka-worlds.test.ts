/** The engines' worlds beside the engines, compared with what engines say by digest. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { FROM_THE_START, Judge } from '../../src/app/judge.ts'
import { Library } from '../../src/app/library.ts'
import { FollowedWorlds } from '../../src/app/roles/followed-worlds.ts'
import type { Fact } from '../../src/facts/facts.ts'
import { FactAppender } from '../../src/journal/kafka/appender.ts'
import { positionOf } from '../../src/journal/kafka/messages.ts'
import { createTelemetry } from '../../src/telemetry/telemetry.ts'
import { START } from '../support/engine-lab.ts'
import { describeWithKafka, kafkaSettingsFor } from '../support/kafka-client.ts'
import { smallGrid } from '../unit/grid/small-grid.ts'

const dir = mkdtempSync(join(tmpdir(), 'lastgasp-worlds-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

await describeWithKafka('worlds beside the engines', (server) => {
  it('find what an engine says, and tell where one says something else', {
    timeout: 300_000,
  }, async () => {
    const prefix = `worlds-${process.pid}-${Date.now()}`
    const settings = kafkaSettingsFor(server.url, prefix, { partitions: 2 })
    const telemetry = createTelemetry({ level: 'silent', processMetrics: false })
    const appender = await FactAppender.open(settings, telemetry)
    const library = new Library(dir)
    writeFileSync(join(dir, 'grid.json'), JSON.stringify(smallGrid()))
    const grid = await library.keepGrid(join(dir, 'grid.json'))
    const rules = library.keepRules('config/rules')

    const said: { position: number; digest: string }[] = []
    const judge = new Judge(library, FROM_THE_START, 1)
    const tell = async (fact: Fact) => {
      const position = positionOf(await appender.append(fact, 1), 1, 2)
      if (judge.apply({ position, fact })) said.push({ position, digest: judge.digest })
    }
    const by = { receivedAt: START, by: 'start' }
    await tell({ type: 'rulesApplied', digest: rules, ...by })
    await tell({ type: 'gridApplied', digest: grid.digest, ...by })
    await tell({ type: 'rulesApplied', digest: rules, receivedAt: START, by: 'wang' })

    const worlds = await FollowedWorlds.open({
      ...{ settings, library, onFact: () => {}, placed: () => new Map() },
      onFailure: (error) => {
        throw error
      },
    })
    expect(worlds.digests('grid')).toEqual(['', grid.digest])
    const [first, , third] = said
    // Not each of them has to be asked for.
    for (const { position, digest } of [first!, third!])
      expect(worlds.agrees(position, digest)).toBe(true)

    await tell({ type: 'rulesApplied', digest: rules, receivedAt: START, by: 'li' })
    const last = said[3]!
    await worlds.reached(last.position)
    expect(worlds.agrees(last.position, third!.digest)).toBe(false)
    expect(worlds.agrees(last.position + 2, last.digest)).toBe(false)
    await worlds.stop()
    await appender.close()
  })
})
