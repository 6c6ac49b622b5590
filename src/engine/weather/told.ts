/** A temperature is told: what is open is graded anew. */
import type { TemperatureNotedFact } from '../../facts/weather.ts'
import { isActive } from '../incidents/case.ts'
import { regrade } from '../incidents/life.ts'
import type { Publisher } from '../incidents/publish.ts'
import type { World } from '../world.ts'

/** Takes a temperature in and grades anew what is open. Later words hold, in whatever order they come. */
export function noteTemperature(
  world: World,
  position: number,
  { unit, celsius, receivedAt }: TemperatureNotedFact,
  publisher: Publisher,
): void {
  const before = world.temperatures.get(unit)
  if (before && before.at > receivedAt) return
  if (celsius === null) world.temperatures.delete(unit)
  else world.temperatures.set(unit, { celsius, at: receivedAt })
  for (const incident of world.cases.values()) {
    if (!isActive(incident) || !regrade(world, incident)) continue
    incident.causes = [position]
    publisher.publish(incident, 'graded')
  }
}
