/** What `/readyz` says: the program is ready while it can keep what it acknowledges. */

/** Not ready where the journal, the ledger or the broker is not, with the reasons. */
export function healthOf(
  journal: { readonly condition: string },
  records: { readonly condition: string },
  brokerProblem: string | undefined,
): { ready: boolean; reasons: string[] } {
  const reasons: string[] = []
  if (journal.condition !== 'writing') reasons.push(`journal: ${journal.condition}`)
  if (records.condition !== 'writing') reasons.push(`records: ${records.condition}`)
  if (brokerProblem !== undefined) reasons.push(`broker: ${brokerProblem}`)
  return { ready: reasons.length === 0, reasons }
}
