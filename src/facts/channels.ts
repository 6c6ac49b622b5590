/** Ways to a customer: short message, the utility's app, its 微信 account. */
export const CHANNELS = ['sms', 'app', 'wechat'] as const
export type Channel = (typeof CHANNELS)[number]

/** Languages a customer is spoken to in: 普通话, 蒙古语, English. */
export const CUSTOMER_LANGUAGES = ['zh', 'mn', 'en'] as const
export type CustomerLanguage = (typeof CUSTOMER_LANGUAGES)[number]
