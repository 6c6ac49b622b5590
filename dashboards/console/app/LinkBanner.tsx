/** Says plainly that what is on screen has stopped moving, how old it is, and what happens next. */
import { Button } from 'antd'
import { useLanguage } from '../i18n/language.tsx'
import { useFeed, useFreshness, useLink, useNow } from '../live/context.tsx'

export function LinkBanner() {
  const { text, format } = useLanguage()
  const feed = useFeed()
  const link = useLink()
  const { state, ageMs } = useFreshness()
  useNow()
  if (state === 'live' || state === 'connecting') return null
  const age = ageMs === null ? text.header.unknown : format.duration(ageMs)
  if (state === 'stale') {
    return (
      <div className="link-banner stale" role="status">
        {text.link.staleBanner(age)}
      </div>
    )
  }
  const seconds =
    link.nextAttemptMs === null
      ? 0
      : Math.max(0, Math.ceil((link.nextAttemptMs - Date.now()) / 1000))
  return (
    <div className="link-banner lost">
      <span role="alert">{text.link.lost}</span>
      <span>{text.link.lostBanner(age)}</span>
      <span className="link-banner-retry">{text.link.retryIn(seconds)}</span>
      <Button size="small" onClick={feed.retryNow} disabled={link.nextAttemptMs === null}>
        {text.link.retryNow}
      </Button>
    </div>
  )
}
