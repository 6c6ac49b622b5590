/** Call-reads (召测) about an incident as they are told. */

/** How far they have got. */
export interface Verification {
  /** `off`: the rules allow none. `timedOut`: asked, and nobody answered. */
  readonly state: 'off' | 'notAsked' | 'asked' | 'answered' | 'timedOut'
  /** Questions put to observers, and answers that told something. */
  readonly asked: number
  readonly answered: number
}
