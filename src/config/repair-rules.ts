/** The part of the service rules that is about repairs: crews, estimates, service levels. */
import { z } from 'zod'

const rate = z.number().positive()
const grade = z.literal([1, 2, 3, 4])

/** Members of `service` in `grading.yaml`. */
export const repairRules = {
  groupRestoreHours: rate,
  arrival: z.strictObject({
    metres: rate,
    standMinutes: rate,
    gapMinutes: rate,
    everySeconds: rate,
  }),
  serviceLevel: z.strictObject({ raisesFrom: grade }),
}
