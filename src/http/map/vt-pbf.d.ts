declare module 'vt-pbf' {
  /** Encodes layers of geojson-vt tiles as a Mapbox vector tile. */
  export function fromGeojsonVt(
    layers: Record<string, { features: readonly unknown[] }>,
    options?: { version?: number; extent?: number },
  ): Uint8Array
}
