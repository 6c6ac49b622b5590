/** The whole notice (故障感知信息): every field in groups, what is not known yet said as such. */
import type { NoticePayload } from '../api/notices.ts'
import { useLanguage } from '../i18n/language.tsx'
import { useCauses } from '../incidents/causes.ts'
import type { Names } from '../incidents/names.ts'
import { AreaOutline } from './AreaOutline.tsx'
import { noticeGroups } from './noticeGroups.ts'
import '../styles/notice-sheet.css'

export function NoticeSheet({ notice, names }: { notice: NoticePayload; names: Names }) {
  const { text, format } = useLanguage()
  // Words of causes come with the tree.
  useCauses()
  const t = text.noticeSheet
  return (
    <div className="notice-sheet">
      {noticeGroups(notice, names, text, format).map(({ name, lines }) => (
        <section key={name} aria-label={t.groups[name]}>
          <h4>{t.groups[name]}</h4>
          <dl>
            {lines.map(([field, value]) => (
              <div key={field}>
                <dt>{field}</dt>
                <dd className={value === null ? 'quiet' : undefined}>{value ?? t.unknown}</dd>
              </div>
            ))}
          </dl>
          {name === 'range' && notice.area !== null && <AreaOutline ring={notice.area} />}
        </section>
      ))}
    </div>
  )
}
