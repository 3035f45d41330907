import { even, type Rectangle } from './rectangle.ts';

export interface Spacing {
  /** Between two insets. */
  readonly gap: number;
  /** Below each inset. */
  readonly captionHeight: number;
  /** Between footage and a prompt beside it. */
  readonly columnGap: number;
  /** Between captions and a prompt below them. */
  readonly lineGap: number;
  readonly leastPrompt: { readonly width: number; readonly height: number };
  /** Whether the picture is wide enough for a prompt beside the footage. */
  readonly wide: boolean;
}

export interface Arrangement {
  readonly insets: readonly Rectangle[];
  readonly prompt: Rectangle;
}

/** What is not known is taken for ordinary footage. */
const USUAL_ASPECT = 16 / 9;
/** Extreme footage is cropped rather than given a sliver or a strip. */
const ASPECTS = { least: 0.62, greatest: 2 } as const;

/** Cropping by no more than this costs footage nothing: insets above the prompt grow by it where there is room. */
const STRETCH = 1.2;

/**
 * Composes the footage of a shot: tries every sensible division into rows, beside and above the prompt, and
 * takes the one that shows most, cuts off least, and treats the references alike.
 */
export function arrange(area: Rectangle, aspects: readonly (number | null)[], spacing: Spacing): Arrangement {
  if (aspects.length === 0) return { insets: [], prompt: area };
  const known = aspects.map(aspect => clamp(aspect ?? USUAL_ASPECT, ASPECTS.least, ASPECTS.greatest));
  let best: { readonly score: number; readonly arrangement: Arrangement } | undefined;
  for (const arrangement of candidates(area, known, spacing)) {
    const score = rate(arrangement.insets, known, area);
    if (best === undefined || score > best.score) best = { score, arrangement };
  }
  if (best === undefined) throw new Error('no way to arrange the insets');
  return best.arrangement;
}

function* candidates(area: Rectangle, aspects: readonly number[], spacing: Spacing): Generator<Arrangement> {
  const { columnGap, lineGap, leastPrompt, wide } = spacing;
  const fillers = divisions(aspects).map(
    rows => (stage: Rectangle, stretch: number) => fillRows(rows, stage, stretch, spacing),
  );
  if (aspects.length > 2) fillers.push(stage => fillAroundFirst(aspects, stage, spacing));
  for (const fill of fillers) {
    for (const share of wide ? [0.34, 0.4, 0.46, 0.52, 0.58, 0.64, 0.68] : []) {
      const width = even(area.width * share);
      const x = area.x + width + columnGap;
      const prompt = { ...area, x, width: even(area.x + area.width - x) };
      if (prompt.width < leastPrompt.width) continue;
      yield { insets: fill({ ...area, width }, 1), prompt };
    }
    for (const share of [0.5, 0.56, 0.62, 0.68, 0.74]) {
      const most = {
        ...area,
        height: even(Math.min(area.height * share, area.height - leastPrompt.height - lineGap)),
      };
      const insets = fill(most, STRETCH);
      const bottom = Math.max(...insets.map(inset => inset.y + inset.height)) + spacing.captionHeight;
      const y = even(bottom + lineGap);
      yield { insets, prompt: { ...area, y, height: even(area.y + area.height - y) } };
    }
  }
}

/** Every way to break the media into one to three rows, in their order. */
function divisions(aspects: readonly number[], rows = 3): number[][][] {
  if (aspects.length === 0) return [[]];
  if (rows === 1) return [[[...aspects]]];
  return aspects.flatMap((_, index) => {
    const first = aspects.slice(0, index + 1);
    return divisions(aspects.slice(index + 1), rows - 1).map(rest => [first, ...rest]);
  });
}

/**
 * Each row fills the width, shared by its media's aspects, so that they are equally high and uncropped. Rows
 * that are too high together all lose the same part of their height; where there is room all are stretched alike.
 */
function fillRows(
  rows: readonly (readonly number[])[],
  stage: Rectangle,
  stretch: number,
  { gap, captionHeight }: Spacing,
): Rectangle[] {
  const widthOf = (row: readonly number[]) => stage.width - gap * (row.length - 1);
  const natural = rows.map(row => widthOf(row) / sum(row));
  const room = stage.height - captionHeight * rows.length - gap * (rows.length - 1);
  const squeeze = Math.min(stretch, room / sum(natural));
  let y = stage.y;
  return rows.flatMap((row, index) => {
    const height = even((natural[index] ?? 0) * squeeze);
    const perAspect = widthOf(row) / sum(row);
    let x = stage.x;
    const line = row.map((aspect, column) => {
      // The last one takes what rounding left, so that every row ends at the same edge.
      const last = column === row.length - 1;
      const width = last ? even(stage.x + stage.width - x) : even(aspect * perAspect);
      const inset = { x, y, width, height };
      x += width + gap;
      return inset;
    });
    y += height + captionHeight + gap;
    return line;
  });
}

/** The first one large at the left, the others stacked at its right, both equally high. */
function fillAroundFirst(
  [first = 1, ...others]: readonly number[],
  stage: Rectangle,
  { gap, captionHeight }: Spacing,
): Rectangle[] {
  const between = (captionHeight + gap) * (others.length - 1);
  const perWidth = sum(others.map(aspect => 1 / aspect));
  const right = even(Math.max(0, (stage.width - gap - first * between) / (1 + first * perWidth)));
  const room = stage.height - captionHeight;
  const height = even(Math.min(room, right * perWidth + between));
  const perAspect = (height - between) / perWidth;
  const x = stage.x + stage.width - right;
  let y = stage.y;
  const column = others.map((aspect, index) => {
    const last = index === others.length - 1;
    const inset = {
      x,
      y,
      width: right,
      height: last ? even(stage.y + height - y) : even(perAspect / aspect),
    };
    y += inset.height + captionHeight + gap;
    return inset;
  });
  return [{ x: stage.x, y: stage.y, width: even(stage.width - right - gap), height }, ...column];
}

/** Footage that is seen, as a share of the area; less where some insets are much smaller than others. */
function rate(insets: readonly Rectangle[], aspects: readonly number[], area: Rectangle): number {
  if (insets.some(({ width, height }) => width <= 0 || height <= 0)) return 0;
  const seen = insets.map(({ width, height }, index) => {
    const ratio = width / height / (aspects[index] ?? 1);
    return { area: width * height, part: Math.min(1, STRETCH * Math.min(ratio, 1 / ratio)) };
  });
  const covered = sum(seen.map(({ area, part }) => area * part)) / (area.width * area.height);
  const worst = Math.min(...seen.map(({ part }) => part));
  const sizes = seen.map(({ area }) => area);
  const alike = Math.min(...sizes) / Math.max(...sizes);
  return covered * worst ** 0.7 * alike ** 0.4;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function clamp(value: number, least: number, greatest: number): number {
  return Math.min(greatest, Math.max(least, value));
}
