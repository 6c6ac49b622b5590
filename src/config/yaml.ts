/**
 * YAML as people write it. An alias that points at nothing, or aliases of aliases that would fill the
 * memory, are found by the library only when values are asked for, by throwing: here they are errors
 * of the document like all others, with their place.
 */
import {
  type Alias,
  type Document,
  type DocumentOptions,
  type ParseOptions,
  parseDocument,
  visit,
  YAMLParseError,
} from 'yaml'

export function parseYaml(text: string, options: ParseOptions & DocumentOptions = {}): Document {
  const document = parseDocument(text, options)
  const aliases: Alias[] = []
  visit(document, { Alias: (_, alias) => void aliases.push(alias) })
  if (aliases.length === 0 || document.errors.length > 0) return document
  try {
    document.toJS()
  } catch (error) {
    const culprit = aliases.find((alias) => !alias.resolve(document)) ?? aliases[0]!
    const [from, to] = culprit.range!
    document.errors.push(new YAMLParseError([from, to], 'BAD_ALIAS', (error as Error).message))
  }
  return document
}
