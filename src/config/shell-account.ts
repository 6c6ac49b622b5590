/** Who sits at the shell. */
import { userInfo } from 'node:os'

/** The account of the operating system; its number where it has no name, as in a container with a number of its own. */
export function shellAccount(): string {
  try {
    return userInfo().username
  } catch {
    return `uid:${process.getuid?.() ?? 'unknown'}`
  }
}
