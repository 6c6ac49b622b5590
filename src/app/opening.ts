/** A program opens many things one after the other; what is open when one refuses is closed again. */

/** What closes each thing that was opened, in the order they were opened. */
export type Closers = (() => unknown)[]

/**
 * What `open` opens, which pushes a closer for each part; `closeAll` closes them, last first, once.
 * Rejects with the error of `open`, everything closed again.
 */
export async function openedWhole<Running>(
  open: (closers: Closers, closeAll: () => Promise<void>) => Promise<Running>,
): Promise<Running> {
  const closers: Closers = []
  const closeAll = async () => {
    for (const close of closers.splice(0).reverse()) await close()
  }
  try {
    return await open(closers, closeAll)
  } catch (error) {
    await closeAll()
    throw error
  }
}
