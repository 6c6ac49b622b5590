/** Announced outages that are not over: those in force first, then by when they begin. */
import { plans } from '../api/client.ts'
import type { PlanPayload } from '../api/payloads.ts'
import { useLanguage } from '../i18n/language.tsx'
import { useLoaded } from '../incidents/useLoaded.ts'
import { useNowEvery } from '../live/context.tsx'
import { LoadedOr, RENEW_MS } from './LoadedOr.tsx'

export function PlansInForce() {
  const { text } = useLanguage()
  const [loaded, retry] = useLoaded(plans, String(useNowEvery(RENEW_MS)))
  return (
    <section>
      <h3>{text.network.plans}</h3>
      <LoadedOr loaded={loaded} retry={retry}>
        {(value) =>
          value.length === 0 ? (
            <p className="quiet">{text.network.noPlans}</p>
          ) : (
            <ul>
              {value.toSorted(soonest).map((plan) => (
                <Plan key={plan.id} plan={plan} />
              ))}
            </ul>
          )
        }
      </LoadedOr>
    </section>
  )
}

const soonest = (a: PlanPayload, b: PlanPayload) =>
  Number(b.state === 'inForce') - Number(a.state === 'inForce') ||
  Date.parse(a.from) - Date.parse(b.from)

/** More devices than this are counted, not named. */
const NAMED = 3

function Plan({ plan }: { plan: PlanPayload }) {
  const { text, format } = useLanguage()
  const t = text.network
  const named = [
    plan.devices.length > 0 &&
      (plan.devices.length > NAMED ? t.devices(plan.devices.length) : plan.devices.join(' · ')),
    plan.usagePoints.length > 0 && t.usagePoints(plan.usagePoints.length),
  ]
  return (
    <li>
      <strong>{plan.id}</strong>
      <b className={`plan-state ${plan.state}`}>{t.planState[plan.state]}</b>
      <span>{[t.planKind[plan.kind], ...named, plan.by].filter(Boolean).join(' · ')}</span>
      <span>{t.window(format.time(plan.from), format.time(plan.to))}</span>
    </li>
  )
}
