/** Texts of cities' shares under Order 599, in English. */
import type { cities as zh } from '../zh/cities.ts'

export const cities: typeof zh = {
  heading: 'Shares of cities',
  order: 'Order 599',
  none: 'The rules list no city',
  customers: (out, all) => `${out} of ${all} customers out`,
  load: (share) => `load about ${share} (by rated capacity)`,
  loadUnknown: 'load not known',
  levels: {
    none: '',
    warning: 'warning',
    general: 'general accident',
    larger: 'larger accident',
    major: 'major accident',
    extraordinary: 'extraordinary accident',
  },
  suspected: {
    none: '',
    warning: 'Suspected to near an accident level: keep watch',
    general: 'Suspected general accident level: settle it by the emergency plan',
    larger: 'Suspected larger accident level: settle it by the emergency plan',
    major: 'Suspected major accident level: settle it by the emergency plan',
    extraordinary: 'Suspected extraordinary accident level: settle it by the emergency plan',
  },
  next: (level, bounds) => `Next: ${level}, ${bounds}`,
  customersFrom: (share) => `from ${share} of customers`,
  loadFrom: (share) => `from ${share} of load`,
  or: ' or ',
}
