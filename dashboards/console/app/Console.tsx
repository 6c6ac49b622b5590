/** The dispatcher's desk: the list by urgency, the map, the detail, all live. */
import { useRef, useState } from 'react'
import { useLanguage } from '../i18n/language.tsx'
import { Announcer } from '../incidents/Announcer.tsx'
import { IncidentDetail } from '../incidents/IncidentDetail.tsx'
import { IncidentList } from '../incidents/IncidentList.tsx'
import { NetworkMap } from '../map/NetworkMap.tsx'
import { FailureBoundary } from './FailureBoundary.tsx'
import { Panel } from './Panel.tsx'
import { useSelection } from './selection.ts'
import type { ViewProps } from './view-props.ts'
import '../styles/list.css'
import '../styles/detail.css'
import '../styles/map.css'
import '../styles/service.css'

export function Console({ account, network, names }: ViewProps) {
  const { text } = useLanguage()
  const [selected, select] = useSelection()
  const [centreRequest, setCentreRequest] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  function close() {
    select(null)
    list.current?.focus()
  }
  return (
    <main className="desk">
      <button type="button" className="skip" onClick={() => focusOn('incident-list')}>
        {text.skip.toList}
      </button>
      <button type="button" className="skip" onClick={() => focusOn('network-map')}>
        {text.skip.toMap}
      </button>
      <Panel id="incidentList" name={text.list.title} className="list">
        <IncidentList listRef={list} names={names} selected={selected} onSelect={select} />
      </Panel>
      <div className="desk-map">
        <Panel id="map" name={text.map.region} className="map">
          <NetworkMap
            network={network}
            names={names}
            selected={selected}
            centreRequest={centreRequest}
            onSelect={select}
          />
        </Panel>
        {selected !== null && (
          <Panel
            id="detail"
            key={selected}
            name={text.detail.region}
            className="detail"
            onClose={close}
          >
            <IncidentDetail
              id={selected}
              account={account}
              names={names}
              onSelect={select}
              onCentre={() => setCentreRequest((count) => count + 1)}
              onClose={close}
            />
          </Panel>
        )}
      </div>
      <FailureBoundary name="announcer" panel="announcer" instead={() => null}>
        <Announcer names={names} />
      </FailureBoundary>
    </main>
  )
}

function focusOn(id: string) {
  document.getElementById(id)?.focus()
}
