/**
 * Invented people: names of the shapes that occur, with the surnames that are common as often as
 * they are. Phone numbers begin with 12, which no mobile network has, so that none is anyone's.
 */
import type { Draw } from '../../grid/generate/draw.ts'

/** The commonest surnames with their share in a thousand, as counts of the whole country have it. */
const SURNAMES = (
  '王72 李72 张68 刘53 陈45 杨31 赵23 黄22 周21 吴21 徐15 孙15 胡13 朱13 高12 林12 何12 郭12 马10 罗9 ' +
  '梁8 宋8 郑8 谢7 韩7 唐7 冯7 于6 董6 萧6 程6 曹6 袁5 邓5 许5 傅5 沈5 曾5 彭5 吕5 苏5 卢5 蒋5 蔡5 贾4 ' +
  '丁4 魏4 薛4 叶4 阎4 余4 潘4 杜4 戴4 夏4 钟3 汪3 田3 任3 姜3 范3 方3 石3 姚3 谭3 廖3 邹3 熊3 金3 陆3 ' +
  '郝3 孔3 白3 崔3 康3 毛2 邱2 秦2 江2 史2 顾2 侯2 邵2 孟2 龙2 万2 段2 雷2 钱2 汤2 尹2 黎2 易2 常2 武2 ' +
  '乔2 贺2 赖2 龚2 文2 云2 单1 解1 仇1 区1 查1 欧阳1 乌1 包2 敖1 苗1 郗1 郜1 靳1 聂1 庞1 樊1 路1 申1'
)
  .split(' ')
  .map((entry) => {
    const [, name, weight] = /^(\D+)(\d+)$/.exec(entry)!
    return { name: name!, weight: Number(weight) }
  })

const GIVEN_FIRST = [
  ...'伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂玉秀海建国志文永小晓春红雪梅晨浩宇子雨欣佳俊振',
]
const GIVEN_SECOND = [
  ...'伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚英华兰荣玲梅琴云莲珍贞莉桂香月凤洁琳燕萍琪林峰龙波辉',
]

/** How many of a hundred names have one given character. */
const ONE_GIVEN = 0.18

/** Names as Mongolian ones are written in Chinese; a given name alone. */
const STEPPE_NAMES = [
  ...['巴特尔', '其其格', '乌云', '格日勒', '苏和', '娜仁', '朝鲁', '萨仁', '哈斯', '斯琴', '宝音'],
  ...['阿拉坦', '图雅', '呼格吉勒', '额尔敦', '高娃', '布和', '达来', '乌日娜', '孟和', '那顺'],
]
const STEPPE_SECOND = ['', '', '', '巴雅尔', '图雅', '高娃', '其木格', '花', '毕力格', '夫']

export function personName(draw: Draw): string {
  const surname = draw.weighted(SURNAMES).name
  const first = draw.pick(GIVEN_FIRST)
  return draw.chance(ONE_GIVEN) ? surname + first : surname + first + draw.pick(GIVEN_SECOND)
}

export const steppePersonName = (draw: Draw) => draw.pick(STEPPE_NAMES) + draw.pick(STEPPE_SECOND)

export const phoneNumber = (draw: Draw) =>
  `12${String(draw.whole(0, 999_999_999)).padStart(9, '0')}`
