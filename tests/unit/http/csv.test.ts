/** Tables: quoted where the RFC asks, and no formula for a spreadsheet. */
import { expect, test } from 'vitest'
import { csvOf } from '../../../src/http/csv.ts'

test('cells are quoted where needed, empty where null, and never a formula', () => {
  const rows = [['a,b', 'say "x"', null, -1.5, true, '=SUM(A1)', '-1+2', '@x']]
  expect(csvOf(['h'], rows)).toBe(`h\r\n"a,b","say ""x""",,-1.5,true,'=SUM(A1),'-1+2,'@x\r\n`)
})
