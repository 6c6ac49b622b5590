/** Texts of what the field told, in Chinese. */
export const fromTheField = {
  heading: '现场反馈',
  none: '现场还没有走访记录和照片',
  by: (who: string) => `走访人 ${who}`,
  photo: (number: number, who: string) => `现场照片 ${number}，${who}`,
}
