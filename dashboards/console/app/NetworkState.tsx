/** The button in the header and the drawer it opens: how the network runs, what is announced, how cities stand. */
import { ApartmentOutlined } from '@ant-design/icons'
import { Drawer } from 'antd'
import { useState } from 'react'
import type { Account } from '../api/payloads.ts'
import { useLanguage } from '../i18n/language.tsx'
import type { Names } from '../incidents/names.ts'
import { CityShares } from './CityShares.tsx'
import { Entry } from './Entry.tsx'
import { PlansInForce } from './PlansInForce.tsx'
import { SwitchingState } from './SwitchingState.tsx'
import { Temperatures } from './Temperatures.tsx'

interface Props {
  readonly account: Account
  readonly names: Names
}

export function NetworkState({ account, names }: Props) {
  const { text } = useLanguage()
  const [open, setOpen] = useState(false)
  const [saved, setSaved] = useState(0)
  const may = (['plan', 'switching'] as const).filter((one) =>
    account.rights.includes(one === 'plan' ? 'plans.write' : 'switching.write'),
  )
  const seesSwitching = account.rights.includes('switching.read')
  const seesPlans = account.rights.includes('plans.read')
  if (!seesSwitching && !seesPlans) return null
  return (
    <>
      <button
        type="button"
        className="icon-button"
        aria-haspopup="dialog"
        aria-label={text.network.open}
        title={text.network.open}
        onClick={() => setOpen(true)}
      >
        <ApartmentOutlined />
      </button>
      <Drawer
        open={open}
        onClose={() => setOpen(false)}
        title={text.network.open}
        closable={{ 'aria-label': text.network.close }}
        destroyOnHidden
        size={460}
      >
        <div className="network-state">
          <Entry may={may} onSaved={() => setSaved((count) => count + 1)} />
          {seesSwitching && <SwitchingState key={`s${saved}`} names={names} />}
          {seesPlans && <PlansInForce key={`p${saved}`} />}
          {account.rights.includes('status.read') && (
            <>
              <CityShares names={names} />
              <Temperatures account={account} names={names} />
            </>
          )}
        </div>
      </Drawer>
    </>
  )
}
