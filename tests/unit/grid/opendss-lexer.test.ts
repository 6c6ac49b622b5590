import { describe, expect, it } from 'vitest'
import { ImportError } from '../../../src/grid/opendss/errors.ts'
import { listOf, parameters, statements } from '../../../src/grid/opendss/lexer.ts'

const read = (text: string) => [...statements('f.dss', text)]
const words = (text: string) => parameters(read(text)[0]!)

describe('statements', () => {
  it('drops comments of every kind and keeps line numbers', () => {
    const text = `! one
// two
New Line.a ! three
/* four
New Line.hidden
*/
  \t
~ bus1=x // five
/* six */
Edit Line.a`
    expect(read(text).map(({ line, verb }) => [line, verb])).toEqual([
      [3, 'new'],
      [8, '~'],
      [10, 'edit'],
    ])
  })

  it('reads every kind of line end', () => {
    expect(read('New a.b\r\nSolve\rClear\n').map(({ verb }) => verb)).toEqual([
      'new',
      'solve',
      'clear',
    ])
  })

  it('takes an assignment target as the first word', () => {
    expect(read('Line.X.Enabled = False')[0]!.verb).toBe('line.x.enabled')
    expect(read('~basekv=4.16')[0]!.verb).toBe('~')
  })

  it('names the line of a comment that never ends', () => {
    expect(() => read('Solve\n/* for ever\nNew Line.a')).toThrow(
      new ImportError(
        'opendss.unclosedComment',
        { file: 'f.dss', line: 2 },
        'this comment has no end',
      ),
    )
  })
})

describe('parameters', () => {
  it('reads names and values with any blanks around the sign', () => {
    expect(words('New Line.a Bus1 = m.1.2\tBUS2=n, length= 3')).toEqual([
      { value: 'New' },
      { value: 'Line.a' },
      { name: 'bus1', value: 'm.1.2' },
      { name: 'bus2', value: 'n' },
      { name: 'length', value: '3' },
    ])
  })

  it('keeps what any quotes hold, comment signs too', () => {
    expect(words(`New "Load.a b" x=(1.05 0.88 sqr *) y=[1, 2 | 3] z={a!b} w='c // d'`)).toEqual([
      { value: 'New' },
      { value: 'Load.a b' },
      { name: 'x', value: '1.05 0.88 sqr *' },
      { name: 'y', value: '1, 2 | 3' },
      { name: 'z', value: 'a!b' },
      { name: 'w', value: 'c // d' },
    ])
  })

  it('ends at a comment, even within a word', () => {
    expect(words('~ PF=1 // kW=150')).toEqual([{ name: 'pf', value: '1' }])
    expect(words('~ bus2=b!x')).toEqual([{ name: 'bus2', value: 'b' }])
    expect(words('~ code=4/0Triplex')).toEqual([{ name: 'code', value: '4/0Triplex' }])
  })

  it('reads a name without value and a no-break space', () => {
    expect(words('New Line.a phases=')).toContainEqual({ name: 'phases', value: '' })
    expect(words('New\u00a0Line.a')).toEqual([{ value: 'New' }, { value: 'Line.a' }])
  })

  it('names the line of a quote that is not closed', () => {
    expect(() => words('New Line.a bus1=(m')).toThrow('f.dss:1: ( without )')
  })
})

it('splits lists at blanks, commas and bars', () => {
  expect(listOf('650.1, RG60.1 | x')).toEqual(['650.1', 'RG60.1', 'x'])
})
