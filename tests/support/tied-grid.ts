/** Random feeders that ties join, with concentrators, switch terminals and meters, for switching. */
import type { Grid } from '../../src/grid/model.ts'
import { drawnGrid } from './drawn-grid.ts'

/** Two to four feeders, each a random tree of switches with transformers, and ties between them. */
export function tiedGrid(random: () => number): Grid {
  const lines: string[] = []
  const switches: string[] = []
  const pick = (n: number) => Math.floor(random() * n)
  const feeders = 2 + pick(3)
  let names = 0
  const transformer = (indent: number) => {
    const pad = ' '.repeat(indent)
    const name = names++
    lines.push(`${pad}X${name} transformer`)
    if (random() < 0.6) lines.push(`${pad}  C${name} concentrator`)
    for (let m = 1 + pick(3); m > 0; m--) lines.push(`${pad}  m${names++} meter`)
  }
  const grow = (indent: number, depth: number) => {
    for (let n = 1 + pick(2); n > 0; n--) transformer(indent)
    for (let n = depth === 0 ? 0 : pick(3); n > 0; n--) {
      const id = `S${names++}`
      switches.push(id)
      lines.push(`${' '.repeat(indent)}${id} ${random() < 0.8 ? 'switch' : 'fuse'}`)
      if (random() < 0.5) lines.push(`${' '.repeat(indent + 2)}F${id} ftu`)
      grow(indent + 2, depth - 1)
    }
  }
  for (let f = 0; f < feeders; f++) {
    lines.push(`B${f} breaker`)
    switches.push(`B${f}`)
    grow(2, 3)
  }
  for (let t = 0; t < feeders; t++) {
    const [a, b] = [switches[pick(switches.length)]!, switches[pick(switches.length)]!]
    if (a !== b) lines.push(`tie T${t} ${a} ${b}`)
  }
  return drawnGrid(lines.join('\n'))
}
