/** Crews with a position, as marks; the age beside each is renewed every five seconds. */
import { useEffect, useMemo } from 'react'
import { useLanguage } from '../i18n/language.tsx'
import { useCrews, useNowEvery } from '../live/context.tsx'
import type { NetworkCanvas } from './canvas.ts'
import type { CrewMark } from './crewLayer.ts'

/** A position comes every few seconds; an age that runs faster says no more. */
const AGE_STEP_MS = 5_000

export function useCrewMarks(canvas: NetworkCanvas | null): readonly CrewMark[] {
  const { text, format } = useLanguage()
  const crews = useCrews()
  const now = useNowEvery(AGE_STEP_MS)
  const marks = useMemo(
    () =>
      [...crews.values()].flatMap(({ id, name, position, orders }) => {
        if (position === null) return []
        const age = format.age(now - Date.parse(position.at))
        const place = [position.lon, position.lat] as const
        return [{ id, place, busy: orders.length > 0, words: text.crews.mark(name, age) }]
      }),
    [crews, now, text, format],
  )
  useEffect(() => canvas?.crews.show(marks), [canvas, marks])
  return marks
}
