import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { gridLinesOf } from '../../../src/grid/lines.ts'
import { LineParser, MAX_PATH_POINTS, parseGrid } from '../../../src/grid/parse.ts'
import { formatProblem, Problems } from '../../../src/grid/problems.ts'
import { smallGrid } from './small-grid.ts'

function parseLines(lines: readonly string[]) {
  const problems = new Problems()
  const parser = new LineParser(problems)
  const objects = lines.map((line) => parser.parse(line)).filter((object) => object !== undefined)
  parser.end()
  return { objects, said: problems.list().map(formatProblem), problems }
}

const HEADER = '{"$":"grid","version":1}'

describe('JSON lines', () => {
  test('a whole grid comes through unchanged', () => {
    const lines = [...gridLinesOf(smallGrid())]
    const { objects, said } = parseLines(lines.map((line) => JSON.stringify(line)))
    expect(said).toEqual([])
    expect(objects).toEqual(lines)
  })

  test.each([
    ['not JSON', '{"$":', 'error line 2: not JSON'],
    ['no kind', '{"id":"a"}', '"$": undefined is not grid, unit'],
    ['an unknown kind', '{"$":"pole","id":"a"}', '"$": "pole" is not grid, unit'],
    ['a list', '[]', 'error line 2'],
    ['null', 'null', 'error line 2'],
    ['a missing field', '{"$":"unit","id":"u"}', 'error unit u (line 2): name: missing'],
    [
      'a wrong type',
      '{"$":"node","id":"a","lon":"111","lat":40}',
      'error node a (line 2): lon: "111" is not a number from -180 to 180 [grid.badValue]',
    ],
    ['a huge number', '{"$":"node","id":"a","lon":1e300,"lat":40}', 'lon: 1e+300 is not a number'],
    ['a bad id', '{"$":"node","id":"a/b"}', 'error node (line 2): id: "a/b" is not an id'],
    [
      'bad phases',
      '{"$":"line","id":"w","from":"a","to":"b","phases":"BA"}',
      'phases: "BA" is not a set of phases',
    ],
    [
      'an unknown type',
      '{"$":"device","id":"d","type":"bomb","name":"","from":"a","to":"b"}',
      'type: "bomb" is not breaker, recloser',
    ],
    [
      'a bad bend',
      '{"$":"line","id":"w","from":"a","to":"b","path":[[111,40],[111]]}',
      'path: [1]: not [lon, lat]',
    ],
    [
      'an unknown field',
      '{"$":"node","id":"a","colour":"red"}',
      'warning node a (line 2): colour: not known [grid.unknownField]',
    ],
    ['a field of the prototype', '{"$":"node","id":"a","__proto__":1}', '__proto__: not known'],
    ['a second header', HEADER, 'grid after grid'],
  ])('%s is named with its line', (_, line, expected) => {
    expect(parseLines([HEADER, line]).said.join('\n')).toContain(expected)
  })

  test('the order of kinds is kept', () => {
    const { objects, said } = parseLines([
      HEADER,
      '{"$":"node","id":"a"}',
      '{"$":"unit","id":"u","name":""}',
    ])
    expect(objects).toHaveLength(2)
    expect(said).toEqual(['error line 3: unit after node [grid.wrongOrder]'])
  })

  test('a header is asked for, and its version', () => {
    expect(parseLines(['{"$":"node","id":"a"}']).said[0]).toContain('the first line is not')
    expect(parseLines(['{"$":"grid","version":2}']).said[0]).toContain('version: 2 is not 1')
    expect(parseLines([]).said[0]).toContain('the file is empty')
  })

  test('long values are shown shortened', () => {
    const { said } = parseLines([HEADER, `{"$":"node","id":"${'x'.repeat(100_000)}"}`])
    expect(said[0]!.length).toBeLessThan(200)
  })

  test('a path has a limit', () => {
    const path = JSON.stringify(Array(MAX_PATH_POINTS + 1).fill([1, 1]))
    const { said } = parseLines([
      HEADER,
      `{"$":"line","id":"w","from":"a","to":"b","path":${path}}`,
    ])
    expect(said[0]).toContain(`more than ${MAX_PATH_POINTS} points`)
  })

  test('whatever stands in a line, parsing ends with an object or a problem', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        const { objects, problems } = parseLines([HEADER, line])
        expect(objects.length === 2 || problems.hasErrors || line.trim() === '').toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})

describe('one JSON object', () => {
  const parse = (value: unknown) => {
    const problems = new Problems()
    const grid = parseGrid(value, problems)
    return { grid, said: problems.list().map(formatProblem) }
  }

  test('a whole grid comes through unchanged', () => {
    const { grid, said } = parse(JSON.parse(JSON.stringify(smallGrid())))
    expect(said).toEqual([])
    expect(grid).toEqual(smallGrid())
  })

  test('places are indices', () => {
    const grid = { ...smallGrid(), nodes: [{ id: 'a' }, 7] }
    expect(parse(grid).said).toEqual(['error nodes[1]: 7 is not an object [grid.malformed]'])
  })

  test('lists must be there', () => {
    const { devices: _, ...rest } = smallGrid()
    expect(parse(rest).said).toEqual([
      'error grid: devices: missing, or not a list [grid.missingField]',
    ])
    expect(parse('grid').said[0]).toContain('"grid" is not an object')
  })
})
