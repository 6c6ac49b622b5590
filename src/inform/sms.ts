/** How many short messages a text takes (3GPP TS 23.038, 23.040). */

/** The letters of the default alphabet that texts of ours may hold; all others need UCS-2. */
const GSM_7 = /^[A-Za-z0-9 \n\r@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ!"#¤%&'()*+,\-./:;<=>?¡ÄÖÑÜ§¿äöñüà]*$/

/** Characters of one message alone, and of each part where there are more. */
const ONE = { gsm7: 160, ucs2: 70 }
const PART = { gsm7: 153, ucs2: 67 }

/** Parts that the text is sent in; characters beyond the BMP count twice. */
export function smsParts(text: string): number {
  const alphabet = GSM_7.test(text) ? 'gsm7' : 'ucs2'
  return text.length <= ONE[alphabet] ? 1 : Math.ceil(text.length / PART[alphabet])
}
