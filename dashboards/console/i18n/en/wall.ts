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
  saidi: 'SAIDI today (LV customers)',
  minutes: (minutes) => `${minutes} min`,
  age: (age) => `data ${age} old`,
  noHistory: 'The past hour could not be fetched: the curve shows what is out now.',
}
