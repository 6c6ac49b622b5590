/** Texts of suspending, giving back and grading an order, in English. */
import type { reasonForm as zh } from '../zh/reason-form.ts'

export const reasonForm: typeof zh = {
  grade: 'New grade',
  reason: 'Reason',
  reasonOptional: 'Reason (not needed to raise it)',
  words: 'In your own words (optional)',
  gradeRequired: 'Choose a grade',
  reasonRequired: 'Choose a reason',
  notes: {
    suspend: 'The clocks run on; the reason is kept with the order.',
    return: 'The order goes back to dispatch and is given out anew.',
    grade:
      'A grade rises by itself with what is affected; only a person lets it fall, and says why.',
  },
  reasons: {
    weather: 'bad weather',
    materials: 'waits for material',
    access: 'no way in',
    outageNeeded: 'needs a further outage',
    safety: 'danger on site',
    customerSide: "customer's own equipment",
    notOurs: 'not of this unit',
    duplicate: 'same as another order',
    wrongPlace: 'wrong place',
    larger: 'larger than judged',
    smaller: 'smaller than judged',
    importantCustomer: 'important customer',
    publicOpinion: 'public attention',
    event: 'supply of an event',
    other: 'other',
  },
}
