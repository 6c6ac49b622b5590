/** The question for a cause: the whole tree, found by word or code. */
import { TreeSelect } from 'antd'
import { useLanguage } from '../i18n/language.tsx'
import { type CausePayload, causeWord, useCauses } from './causes.ts'

interface Node {
  readonly value: string
  readonly title: string
  readonly children: Node[]
}

interface Props {
  readonly id: string
  readonly value: string
  readonly onChange: (code: string) => void
}

export function CauseField({ id, value, onChange }: Props) {
  const { text } = useLanguage()
  const nodes = (causes: readonly CausePayload[]): Node[] =>
    causes.map(({ code, children }) => ({
      value: code,
      title: `${code} ${causeWord(code, text.locale)}`,
      children: nodes(children),
    }))
  return (
    <TreeSelect<string>
      id={id}
      className="action-form-select"
      value={value || undefined}
      placeholder={text.action.chooseOne}
      treeData={nodes(useCauses())}
      showSearch={{ treeNodeFilterProp: 'title' }}
      onChange={(code) => onChange(code ?? '')}
    />
  )
}
