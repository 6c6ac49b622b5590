/**
 * Facts and changes as they stand in the topics, JSON each, and how an offset becomes a position:
 * unique over all partitions, growing within one.
 */
import type { Message } from 'node-rdkafka'
import type { ChangeBatch } from '../../engine/changes.ts'
import type { Fact, JournalledFact, Position } from '../../facts/facts.ts'
import { JournalError } from '../port.ts'

/** What an engine says of one fact. */
export interface PublishedBatch extends ChangeBatch {
  /** Grows with each owner of the partition: what an earlier one says after it does not count. */
  readonly epoch: number
  /** Running digest of all that the engines of the partition said, this included. */
  readonly digest?: string
}

export function positionOf(offset: number, partition: number, partitions: number): Position {
  return offset * partitions + partition + 1
}

export function placeOf(
  position: Position,
  partitions: number,
): { readonly partition: number; readonly offset: number } {
  const partition = (position - 1) % partitions
  return { partition, offset: (position - 1 - partition) / partitions }
}

/** A fact with its position. @throws JournalError `journal.corrupt` */
export function factOf(message: Message, partitions = 1): JournalledFact {
  const { offset, partition } = message
  return { position: positionOf(offset, partition, partitions), fact: contentOf<Fact>(message) }
}

/** @throws JournalError `journal.corrupt` */
export function batchOf(message: Message): PublishedBatch {
  return contentOf<PublishedBatch>(message)
}

function contentOf<T>({ topic, partition, offset, value }: Message): T {
  try {
    return JSON.parse(value!.toString('utf8')) as T
  } catch (cause) {
    throw new JournalError('journal.corrupt', `${topic}[${partition}] ${offset} cannot be read`, {
      cause,
    })
  }
}
