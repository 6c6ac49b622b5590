/**
 * What a typed text may mean, likeliest first. The server finds by one exact key at a time, so the
 * desk tries them in turn and ends with names and addresses. Pure, so that it can be tested alone.
 */

export type Question =
  | { readonly phone: string }
  | { readonly account: string }
  | { readonly meter: string }
  | { readonly usagePoint: string }
  | { readonly q: string }

/** Ids as CONTRACT §3 writes them. */
const ID = /^[A-Za-z0-9._-]{1,64}$/
/** Digits with the signs people write between them. */
const PHONE = /^\+?[\d\s()-]{5,24}$/
/** A mobile number of China, with or without its country code. */
const MOBILE = /^(\+?86)?1\d{10}$/
/** The server's limit on one question. */
const MAX_LENGTH = 64

export function questionsOf(typed: string): readonly Question[] {
  const text = typed.trim().slice(0, MAX_LENGTH)
  if (text === '') return []
  const digits = text.replace(/[\s()-]/g, '')
  const asPhone: Question[] = PHONE.test(text) ? [{ phone: digits }] : []
  const asIds: Question[] = ID.test(text)
    ? [{ account: text }, { meter: text }, { usagePoint: text }]
    : []
  const exact = MOBILE.test(digits) ? [...asPhone, ...asIds] : [...asIds, ...asPhone]
  return [...exact, { q: text }]
}
