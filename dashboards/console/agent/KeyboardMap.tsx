/** Every key of the desk on one page. */
import { Modal } from 'antd'
import { useLanguage } from '../i18n/language.tsx'

export function KeyboardMap({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { text } = useLanguage()
  const { title, list } = text.agent.keys
  return (
    <Modal open={open} title={title} footer={null} onCancel={onClose} width={520} destroyOnHidden>
      <dl className="key-map">
        {list.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
