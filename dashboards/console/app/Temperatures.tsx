/** How cold it is, as it was told of units (严寒 raises grades), with its age; who may tells it here. */
import { App, Button } from 'antd'
import { type FormEvent, useState } from 'react'
import { newRequestId } from '../api/client.ts'
import type { Account } from '../api/payloads.ts'
import { type TemperaturesPayload, tellTemperature, temperatures } from '../api/weather.ts'
import { useLanguage } from '../i18n/language.tsx'
import type { Names } from '../incidents/names.ts'
import { useLoaded } from '../incidents/useLoaded.ts'
import { useNow, useNowEvery } from '../live/context.tsx'
import { LoadedOr, RENEW_MS } from './LoadedOr.tsx'

interface Props {
  readonly account: Account
  readonly names: Names
}

export function Temperatures({ account, names }: Props) {
  const { text } = useLanguage()
  const { message } = App.useApp()
  const [told, setTold] = useState(0)
  const [loaded, retry] = useLoaded(temperatures, `${useNowEvery(RENEW_MS)} ${told}`)
  const t = text.network
  const mayTell = account.rights.includes('weather.write')
  const tell = async (unit: string, celsius: number | null) => {
    try {
      await tellTemperature(unit, celsius, newRequestId())
      message.success(t.temperatureTold(names.unit(unit)))
      setTold((count) => count + 1)
      return true
    } catch {
      message.error(text.action.failed)
      return false
    }
  }
  return (
    <section className="temperatures">
      <h3>{t.temperatures}</h3>
      <LoadedOr loaded={loaded} retry={retry}>
        {(value) => <InForce value={value} names={names} tell={mayTell ? tell : null} />}
      </LoadedOr>
      {mayTell && <TemperatureForm account={account} names={names} tell={tell} />}
    </section>
  )
}

/** False where it was refused, which was said. */
type Tell = (unit: string, celsius: number | null) => Promise<boolean>

function InForce(props: { value: TemperaturesPayload; names: Names; tell: Tell | null }) {
  const { value, names, tell } = props
  const { text, format } = useLanguage()
  const now = useNow()
  const t = text.network
  if (value.temperatures.length === 0) return <p className="quiet">{t.noTemperatures}</p>
  return (
    <ul>
      {value.temperatures.map(({ unit, celsius, severe, toldAt, until }) => (
        <li key={unit}>
          <strong>{names.unit(unit)}</strong>
          <b>
            {t.celsius(format.number(celsius))}
            {severe && ` · ${t.severe}`}
          </b>
          <span>
            {t.toldAgo(format.age(now - Date.parse(toldAt)), format.about(until))}{' '}
            {tell && (
              <Button
                size="small"
                aria-label={t.takeBackOf(names.unit(unit))}
                onClick={() => void tell(unit, null)}
              >
                {t.takeBack}
              </Button>
            )}
          </span>
        </li>
      ))}
    </ul>
  )
}

function TemperatureForm({ account, names, tell }: Props & { tell: Tell }) {
  const { text } = useLanguage()
  const [busy, setBusy] = useState(false)
  const t = text.network
  // Of units above one's own nobody may speak; those below are told with theirs.
  const units = account.allUnits
    ? names.units
    : account.units.map((id) => ({ id, name: names.unit(id) }))
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = event.currentTarget
    const fields = new FormData(form)
    setBusy(true)
    if (await tell(String(fields.get('unit')), Number(fields.get('celsius')))) form.reset()
    setBusy(false)
  }
  return (
    <form className="entry-form" onSubmit={(event) => void submit(event)}>
      <label>
        {t.temperatureUnit}
        <select name="unit" required>
          {units.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t.temperatureValue}
        <input name="celsius" type="number" min={-70} max={60} step="any" required />
      </label>
      <p>
        <Button htmlType="submit" loading={busy}>
          {t.tellTemperature}
        </Button>
      </p>
    </form>
  )
}
