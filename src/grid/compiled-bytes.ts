/** How much a compiled grid holds. */

/** Bytes of all typed arrays and packed texts below `value`; lines left out, they are drawn only. */
export function bytesOf(value: object): number {
  let bytes = 0
  for (const [key, item] of Object.entries(value)) {
    if (ArrayBuffer.isView(item)) bytes += item.byteLength
    else if (item && typeof item === 'object' && key !== 'lines') bytes += bytesOf(item)
  }
  return bytes
}
