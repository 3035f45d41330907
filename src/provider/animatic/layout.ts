import { arrange } from './arrange.ts';
import { even, type Rectangle } from './rectangle.ts';

export interface Layout {
  /** One design unit in pixels: 1 at 720p, 1.5 at 1080p, whatever the shape. */
  readonly unit: number;
  readonly header: Rectangle;
  /** One for each medium, in order; its caption stands below it. */
  readonly insets: readonly Rectangle[];
  readonly captionHeight: number;
  readonly prompt: Rectangle;
  /** A rule over the footer that fills up from the left. */
  readonly progress: Rectangle;
  readonly footer: Rectangle;
  /** The running time, at the footer's right. */
  readonly clock: ClockLayout;
}

/** Every figure of the clock has a cell of its own, so that nothing jumps: `02.4` moves, `/ 05.0 s` stands. */
export interface ClockLayout {
  readonly running: Rectangle;
  readonly total: Rectangle;
  readonly digitWidth: number;
  readonly dotWidth: number;
}

/**
 * Where everything stands on a board. Footage comes first and takes its own proportions; the prompt has what
 * is left, beside or below it, whichever shows more of the footage:
 *
 *     +---------------------+      +-----------+
 *     | scene          film |      | scene     |
 *     | shot           take |      | shot      |
 *     | +-------+-------+   |      | +-------+ |
 *     | |       |       | p |      | +-------+ |
 *     | +-------+-------+   |      | prompt    |
 *     | =======------------ |      | ====----- |
 *     | tags           time |      | tags time |
 *     +---------------------+      +-----------+
 *
 * `aspects` are the media's own, width by height; null where it is not known.
 */
export function layOutBoard(width: number, height: number, aspects: readonly (number | null)[]): Layout {
  const unit = Math.sqrt(width * height) / 960;
  const u = (units: number) => even(units * unit);
  const margin = u(48);
  const inner = { x: margin, width: width - 2 * margin };
  const header = { ...inner, y: u(36), height: u(86) };
  const footer = { ...inner, y: height - u(36) - u(36), height: u(36) };
  const progress = { ...inner, y: footer.y - u(18), height: u(4) };
  const top = header.y + header.height + u(20);
  const middle = { ...inner, y: top, height: even(progress.y - u(20) - top) };
  const captionHeight = u(42);
  const { insets, prompt } = arrange(middle, aspects, {
    gap: u(16),
    captionHeight,
    columnGap: u(36),
    lineGap: u(26),
    leastPrompt: { width: u(320), height: u(132) },
    wide: width >= height,
  });
  return { unit, header, insets, captionHeight, prompt, progress, footer, clock: layOutClock(footer, unit) };
}

function layOutClock(footer: Rectangle, unit: number): ClockLayout {
  const digitWidth = even(17 * unit);
  const dotWidth = even(8 * unit);
  const running = { ...footer, width: 3 * digitWidth + dotWidth };
  const total = { ...footer, width: even(96 * unit) };
  const right = footer.x + footer.width;
  return {
    running: { ...running, x: right - total.width - running.width },
    total: { ...total, x: right - total.width },
    digitWidth,
    dotWidth,
  };
}
