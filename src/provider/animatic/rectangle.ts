/** A rectangle in whole, even pixels: video is stored in pairs of them. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Down to the next even number. */
export function even(value: number): number {
  return Math.floor(value / 2) * 2;
}
