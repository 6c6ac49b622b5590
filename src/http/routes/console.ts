/** Parts of the consoles that could not be drawn are counted here, so that not only who saw it knows. */
import { z } from 'zod'
import { CONSOLE_PANELS, ERROR_CLASSES } from '../../facts/console-failure.ts'
import { CONSOLE_FAILURES_PER_MINUTE } from '../limits.ts'
import { route } from '../route.ts'

const failed = route({
  method: 'POST',
  path: '/api/v1/console/failures',
  demand: 'me.read',
  summary:
    'A part of a console could not be drawn: counted and logged, without a word of the error',
  perMinute: CONSOLE_FAILURES_PER_MINUTE,
  body: z
    .strictObject({
      panel: z.enum(CONSOLE_PANELS),
      error: z.enum(ERROR_CLASSES).describe('class of the error, never its words'),
      // So short that no number of a person fits.
      build: z
        .string()
        .regex(/^\d{1,3}\.\d{1,3}\.\d{1,3}$/)
        .describe('version of the console'),
    })
    .meta({ id: 'ConsoleFailureRequest' }),
  answers: { 204: { description: 'Counted in `lastgasp_console_panel_failures_total`' } },
  handle({ deps, body: { panel, error, build } }) {
    deps.telemetry.emit('console.panelFailed', { panel, error, build })
    return { status: 204 }
  },
})

export const consoleRoutes = [failed]
