/** The drawing of the sign-in page: a radial feeder, one branch of it without power. */

interface Span {
  readonly path: string
  readonly depth: number
  readonly dark: boolean
}
interface Lamp {
  readonly x: number
  readonly y: number
  readonly dark: boolean
}

const { spans, lamps, fault } = growFeeder()

export function FeederArt({ label }: { label: string }) {
  return (
    <svg className="feeder-art" viewBox="0 0 640 540" role="img" aria-label={label}>
      {spans.map((span) => (
        <path
          key={span.path}
          d={span.path}
          className={span.dark ? 'dark' : 'live'}
          strokeWidth={Math.max(1.1, 3.4 - span.depth * 0.55)}
        />
      ))}
      {lamps.map((lamp) => (
        <circle
          key={`${lamp.x} ${lamp.y}`}
          cx={lamp.x}
          cy={lamp.y}
          r={lamp.dark ? 3.4 : 2.8}
          className={lamp.dark ? 'dark' : 'live'}
        />
      ))}
      <g className="fault" transform={`translate(${fault.x} ${fault.y})`}>
        <circle r="13" />
        <path d="M-4.5-4.5 4.5 4.5M4.5-4.5-4.5 4.5" />
      </g>
    </svg>
  )
}

/** A small fixed tree; the same numbers each time, so the picture never changes. */
function growFeeder() {
  const spans: Span[] = []
  const lamps: Lamp[] = []
  let fault = { x: 0, y: 0 }
  let state = 20
  const next = () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
  const round = (value: number) => Math.round(value * 10) / 10
  function branch(x: number, y: number, heading: number, depth: number, dark: boolean) {
    const steps = 6 - depth
    let [px, py] = [x, y]
    for (let step = 0; step < steps; step++) {
      const length = (58 + next() * 30) * 0.68 ** depth + 10
      const turn = heading + (next() - 0.5) * 0.42
      const [qx, qy] = [
        round(px + Math.cos(turn) * length),
        round(py + Math.sin(turn) * length * 0.8),
      ]
      spans.push({ path: `M${px} ${py}L${qx} ${qy}`, depth, dark })
      if (depth > 0) lamps.push({ x: qx, y: qy, dark })
      const side = step % 2 === 0 ? 1 : -1
      if (depth < 3 && next() < 0.9 - depth * 0.12) {
        const opens = depth === 0 && step === 2
        if (opens) fault = { x: qx, y: qy + side * 14 }
        branch(qx, qy, heading + side * (0.9 + next() * 0.4), depth + 1, dark || opens)
      }
      ;[px, py] = [qx, qy]
    }
  }
  branch(40, 300, -0.06, 0, false)
  return { spans, lamps, fault }
}
