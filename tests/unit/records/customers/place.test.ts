/** An address up to its first number: a street, a village or an estate, and nobody's door. */
import { expect, test } from 'vitest'
import { placeOf } from '../../../../src/records/customers/place.ts'

test.each([
  ['呼和浩特市新城区锦安苑3号楼2单元501室', '呼和浩特市新城区锦安苑'],
  ['商都县小海子镇麻黄洼村2组14号', '商都县小海子镇麻黄洼村'],
  ['翠安路１２号', '翠安路'],
  ['锦安苑三号楼', '锦安苑'],
  ['白音塔拉嘎查 12-3', '白音塔拉嘎查'],
  ['三合村 #7', '三合村'],
])('%s lies in %s', (address, place) => expect(placeOf(address)).toBe(place))

test.each(['', '12号', '村口老张家', `${'很'.repeat(41)}长的路1号`])(
  '“%s” names no place',
  (address) => expect(placeOf(address)).toBe(''),
)
