/** Drawn networks, under the name tests know them by. */
export { drawnGrid } from '../../src/grid/drawing.ts'
