/** What the field told: notes of visits to customers (走访记录), and photos, newest first. */

import type { IncidentPayload } from '../api/payloads.ts'
import { photoOf, repair } from '../api/repair.ts'
import { LoadedOr } from '../app/LoadedOr.tsx'
import { useLanguage } from '../i18n/language.tsx'
import { useNowEvery } from '../live/context.tsx'
import { Moment } from './Moment.tsx'
import { useLoaded } from './useLoaded.ts'

/** A visit makes no new revision of the incident; nobody needs to read it sooner. */
const RENEW_MS = 15_000

export function FromTheField({ incident: { id, revision } }: { incident: IncidentPayload }) {
  const { text } = useLanguage()
  const t = text.fromTheField
  const turn = useNowEvery(RENEW_MS)
  const [loaded, retry] = useLoaded((signal) => repair(id, signal), `${id} ${revision} ${turn}`, id)
  return (
    <section className="from-the-field">
      <h3>{t.heading}</h3>
      <LoadedOr loaded={loaded} retry={retry}>
        {({ visits, attachments }) => (
          <>
            {visits.length === 0 && attachments.length === 0 && <p className="quiet">{t.none}</p>}
            <ul>
              {visits.toReversed().map(({ at, by, text: note }) => (
                <li key={`${at} ${by} ${note}`}>
                  <p>{note}</p>
                  <small>
                    {t.by(by)} · <Moment at={at} />
                  </small>
                </li>
              ))}
            </ul>
            {attachments.length > 0 && (
              <p className="photos">
                {attachments.map((one, index) => (
                  <a key={one.id} href={photoOf(id, one.id)} target="_blank" rel="noreferrer">
                    <img
                      src={photoOf(id, one.id)}
                      alt={t.photo(index + 1, one.by)}
                      loading="lazy"
                    />
                  </a>
                ))}
              </p>
            )}
          </>
        )}
      </LoadedOr>
    </section>
  )
}
