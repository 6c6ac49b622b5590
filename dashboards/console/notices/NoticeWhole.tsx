/** Opens the whole notice below its state; closed it takes one line of a full panel. */
import type { NoticePayload } from '../api/notices.ts'
import { LoadedOr } from '../app/LoadedOr.tsx'
import { useLanguage } from '../i18n/language.tsx'
import type { Names } from '../incidents/names.ts'
import type { Loaded } from '../incidents/useLoaded.ts'
import { NoticeSheet } from './NoticeSheet.tsx'

interface Props {
  readonly loaded: Loaded<NoticePayload | null>
  readonly retry: () => void
  readonly names: Names
}

export function NoticeWhole({ loaded, retry, names }: Props) {
  const { text } = useLanguage()
  return (
    <details className="notice-whole">
      <summary>{text.noticeSheet.open}</summary>
      <LoadedOr loaded={loaded} retry={retry}>
        {(notice) =>
          notice === null ? (
            <p className="quiet">{text.noticeSheet.none}</p>
          ) : (
            <NoticeSheet notice={notice} names={names} />
          )
        }
      </LoadedOr>
    </details>
  )
}
