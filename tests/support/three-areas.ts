/** A fuse over two areas and a third beside them, each with its concentrator and meters. */
export const THREE_AREAS = `
B breaker
  F fuse
    X1 transformer
      C1 concentrator
      a1 meter
      a2 meter
    X2 transformer
      C2 concentrator
      b1 meter
  X3 transformer
    C3 concentrator
    c1 meter
`
