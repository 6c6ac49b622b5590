/** Who is told by webhook, what waits for them, and a trial message. */
import { App, Button } from 'antd'
import { tryWebhook, webhooks } from '../api/operations.ts'
import type { Account } from '../api/payloads.ts'
import { LoadedOr } from '../app/LoadedOr.tsx'
import { TableHead } from '../app/TableHead.tsx'
import { useLanguage } from '../i18n/language.tsx'
import { useLoaded } from '../incidents/useLoaded.ts'
import { useNowEvery } from '../live/context.tsx'

const RENEW_MS = 10_000

export function Receivers({ account }: { account: Account }) {
  const { text, format } = useLanguage()
  const { message } = App.useApp()
  const t = text.operator
  const [loaded, retry] = useLoaded(webhooks, String(useNowEvery(RENEW_MS)))
  const may = account.rights.includes('webhooks.write')
  const attempt = (id: string) =>
    tryWebhook(id).then(
      () => message.success(t.tried),
      () => message.warning(text.action.failed),
    )
  return (
    <LoadedOr loaded={loaded} retry={retry}>
      {(value) =>
        value.length === 0 ? (
          <p className="quiet">{t.noReceivers}</p>
        ) : (
          <table className="plain">
            <TableHead columns={[t.receiver, t.topics, t.waiting, t.state, t.trial]} />
            <tbody>
              {value.map((one) => (
                <tr key={one.id}>
                  <th scope="row">
                    {one.name}
                    <small>{one.url}</small>
                  </th>
                  <td>{one.topics.join(' · ')}</td>
                  <td>{format.number(one.waiting)}</td>
                  <td className={one.resting || one.disabledAt ? 'trouble' : ''}>
                    {one.disabledAt ? t.gone : one.resting ? t.resting : t.working}
                  </td>
                  <td>
                    {may && one.disabledAt === null && (
                      <Button size="small" onClick={() => void attempt(one.id)}>
                        {t.trial}
                      </Button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )
      }
    </LoadedOr>
  )
}
