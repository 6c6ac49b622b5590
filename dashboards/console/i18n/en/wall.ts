/** Texts of the wall board, in English. */
import type { wall as zh } from '../zh/wall.ts'

export const wall: typeof zh = {
  region: 'Wall board',
  lastHour: 'The last hour',
  out: 'Without power',
  back: 'Restored',
  chart: (out, back) => `Customers of the last hour: ${out} without power now, ${back} restored`,
  byUnit: 'By unit',
  incidents: (count) => (count === 1 ? '1 outage' : `${count} outages`),
  moreUnits: (count) => `and ${count} more units`,
  arrived: 'Arrived in time',
  inTime: (inTime, of) => `${inTime} of ${of}`,
  arrivals: {
    title: 'Arrival compliance',
    steps: 'Period',
    step: { hour: '24 hours', day: '30 days' },
    limit: (minutes) =>
      `${({ 45: 'urban ', 90: 'rural ', 120: 'remote ' } as Record<number, string>)[minutes] ?? ''}${minutes} min`,
    none: 'No arrival was due in this time',
    said: (limit, share, inTime, due) => `${limit} ${share}, ${inTime} of ${due} in time`,
    chart: (period, said) => `Arrival compliance of the last ${period}: ${said}`,
    and: '; ',
  },
  saidi: 'SAIDI today (LV customers)',
  minutes: (minutes) => `${minutes} min`,
  age: (age) => `data ${age} old`,
  noHistory: 'The past hour could not be fetched: the curve shows what is out now.',
}
