/** Facts as they stand in the topic: JSON, one a message. */
import type { Message } from 'node-rdkafka'
import type { Fact, JournalledFact } from '../../facts/facts.ts'
import { JournalError } from '../port.ts'

/** A fact with its position. @throws JournalError `journal.corrupt` */
export function factOf({ offset, value, topic, partition }: Message): JournalledFact {
  try {
    return { position: offset + 1, fact: JSON.parse(value!.toString('utf8')) as Fact }
  } catch (cause) {
    throw new JournalError('journal.corrupt', `${topic}[${partition}] ${offset} is no fact`, {
      cause,
    })
  }
}
