/** A rectangle in whole, even pixels: video is stored in pairs of them. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Layout {
  /** One design unit in pixels: 1 at 720p, 1.5 at 1080p, whatever the shape. */
  readonly unit: number;
  readonly margin: number;
  readonly header: Rectangle;
  /** One for each medium, in order; its caption stands below it. */
  readonly insets: readonly Rectangle[];
  readonly captionHeight: number;
  readonly prompt: Rectangle;
  readonly footer: Rectangle;
  /** The running time, inside the footer at its right. */
  readonly clock: Rectangle;
  /** Along the lower edge, from side to side. */
  readonly progress: Rectangle;
}

/**
 * Where everything stands on a board. Wide pictures have the footage left and the prompt right; the others have
 * the prompt below:
 *
 *     +---------------------+      +-----------+
 *     | scene               |      | scene     |
 *     | shot           film |      | shot      |
 *     | +-------+-------+   |      | +-------+ |
 *     | |       |       | p |      | +-------+ |
 *     | +-------+-------+   |      | prompt    |
 *     | tags           time |      | tags time |
 *     |=======--------------|      |====-------|
 *     +---------------------+      +-----------+
 */
export function layOutBoard(width: number, height: number, mediaCount: number): Layout {
  const unit = Math.sqrt(width * height) / 960;
  const u = (units: number) => even(units * unit);
  const margin = u(44);
  const gap = u(14);
  const captionHeight = u(34);
  const progress = { x: 0, y: height - u(8), width, height: u(8) };
  const header = { x: margin, y: u(34), width: width - 2 * margin, height: u(84) };
  const footer = { x: margin, y: progress.y - u(56), width: width - 2 * margin, height: u(40) };
  const top = header.y + header.height + u(18);
  const middle = { x: margin, y: top, width: width - 2 * margin, height: even(footer.y - u(14) - top) };
  const clock = { x: footer.x + footer.width - u(190), y: footer.y, width: u(190), height: footer.height };
  const frame = { unit, margin, header, footer, clock, progress, captionHeight };
  if (mediaCount === 0) return { ...frame, insets: [], prompt: middle };

  const wide = width / height > 1.2;
  const share = wide ? (mediaCount === 1 ? 0.58 : 0.64) : mediaCount === 1 ? 0.6 : 0.66;
  const stage = wide
    ? { ...middle, width: even(middle.width * share) }
    : { ...middle, height: even(middle.height * share) };
  const prompt = wide
    ? { ...middle, x: stage.x + stage.width + 2 * gap, width: even(middle.width - stage.width - 2 * gap) }
    : { ...middle, y: stage.y + stage.height + gap, height: even(middle.height - stage.height - gap) };
  const insets = arrange(stage, mediaCount, gap, captionHeight);
  return { ...frame, insets, prompt };
}

/** Rows of insets by their number; a row's insets share its width, rows share the height. */
const ROWS: Readonly<Record<number, readonly number[]>> = {
  1: [1],
  2: [2],
  3: [3],
  4: [2, 2],
  5: [2, 3],
  6: [3, 3],
};
const TALL_ROWS: Readonly<Record<number, readonly number[]>> = { ...ROWS, 2: [1, 1], 3: [1, 2] };

function arrange(stage: Rectangle, count: number, gap: number, captionHeight: number): Rectangle[] {
  const tall = stage.height / stage.width > 1.05;
  const perRow = Math.ceil(Math.sqrt(count));
  const rows =
    (tall ? TALL_ROWS : ROWS)[count] ??
    Array.from({ length: Math.ceil(count / perRow) }, (_, row) => Math.min(perRow, count - row * perRow));
  const rowHeight = (stage.height - gap * (rows.length - 1)) / rows.length;
  return rows.flatMap((columns, row) => {
    const columnWidth = (stage.width - gap * (columns - 1)) / columns;
    return Array.from({ length: columns }, (_, column) => ({
      x: even(stage.x + column * (columnWidth + gap)),
      y: even(stage.y + row * (rowHeight + gap)),
      width: even(columnWidth),
      height: even(rowHeight - captionHeight),
    }));
  });
}

/** Down to the next even number. */
function even(value: number): number {
  return Math.floor(value / 2) * 2;
}
