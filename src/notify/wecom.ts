/** The message of a 企业微信 group robot, for the community groups (网格群) of grid managers. */

/** The robot's own limit, bytes of UTF-8. */
const MOST_BYTES = 2048

/** The body that the robot expects; a longer text is cut at a whole character. */
export function wecomBody(text: string): string {
  let content = text
  if (Buffer.byteLength(content) > MOST_BYTES) {
    const room = MOST_BYTES - Buffer.byteLength('…')
    content = `${Buffer.from(content)
      .subarray(0, room)
      .toString('utf8')
      .replace(/\uFFFD+$/, '')}…`
  }
  return JSON.stringify({ msgtype: 'text', text: { content } })
}
