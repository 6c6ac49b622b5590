/** Texts of what the field told, in English. */
import type { fromTheField as zh } from '../zh/from-the-field.ts'

export const fromTheField: typeof zh = {
  heading: 'From the field',
  none: 'No notes of visits and no photos yet',
  by: (who) => `visited by ${who}`,
  photo: (number, who) => `Photo ${number}, ${who}`,
}
