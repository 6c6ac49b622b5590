/** Where a running program answers, and what it answered. */
import { InvalidArgumentError } from 'commander'
import { ConfigError } from '../config/errors.ts'

/** The value of `--url`. @throws InvalidArgumentError where it is no address of a program */
export function programUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new InvalidArgumentError('expected http://host:port')
  return text
}

/** The body of an answer. @throws ConfigError where something else than this program answered */
export async function answerOf(response: Response): Promise<object> {
  const text = await response.text()
  try {
    const answer: unknown = JSON.parse(text)
    if (typeof answer === 'object' && answer !== null) return answer
  } catch {
    // Told of below, as what is JSON and no object.
  }
  const { origin } = new URL(response.url)
  throw new ConfigError([`${origin}: ${response.status}, and no answer of this program`])
}
