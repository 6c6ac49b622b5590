/** Under the names of units and feeders: how many of their customers are out. */
import { useEffect, useMemo, useRef } from 'react'
import type { IncidentPayload, NetworkPayload } from '../api/payloads.ts'
import { useLanguage } from '../i18n/language.tsx'
import { customersOut } from '../incidents/headline.ts'
import type { NetworkCanvas } from './canvas.ts'

/** A storm changes incidents twenty times a second, and every note is written and measured anew, ms. */
const NOTED_EVERY_MS = 1_000

export function useNotes(
  canvas: NetworkCanvas | null,
  network: NetworkPayload | null,
  incidents: readonly IncidentPayload[],
): void {
  const { text, format } = useLanguage()
  const noted = useRef({ canvas, at: -Infinity })
  // A province has thousands of feeders: added up once.
  const total = useMemo(() => {
    const customers = new Map<string, number>()
    for (const feeder of network?.feeders ?? []) {
      add(customers, `feeder ${feeder.id}`, feeder.customers)
      add(customers, `unit ${feeder.unit}`, feeder.customers)
    }
    return customers
  }, [network])

  useEffect(() => {
    const note = () => {
      noted.current = { canvas, at: performance.now() }
      const out = new Map<string, number>()
      for (const incident of incidents) {
        add(out, `unit ${incident.unit}`, customersOut(incident))
        if (incident.feeder !== null) add(out, `feeder ${incident.feeder}`, customersOut(incident))
      }
      const notes = new Map<string, string>()
      for (const [key, count] of out) {
        if (count === 0) continue
        const all = total.get(key) ?? count
        notes.set(key, text.map.outOf(format.number(count), format.number(all)))
      }
      canvas?.setNotes(notes)
    }
    const isNew = noted.current.canvas !== canvas
    const waitMs = isNew ? 0 : noted.current.at + NOTED_EVERY_MS - performance.now()
    if (waitMs <= 0) {
      note()
      return
    }
    const timer = window.setTimeout(note, waitMs)
    return () => window.clearTimeout(timer)
  }, [canvas, total, incidents, text, format])
}

function add(sums: Map<string, number>, key: string, value: number): void {
  sums.set(key, (sums.get(key) ?? 0) + value)
}
