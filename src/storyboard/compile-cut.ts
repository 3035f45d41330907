import type { Report } from './compile.ts';
import type { Path } from './parse-yaml.ts';
import type { Color, CutSettings, Fps, Leader, Watermark } from './storyboard.ts';
import type { WrittenStoryboard } from './written.ts';

type WrittenCut = NonNullable<WrittenStoryboard['cut']>;

export function compileCut(cut: WrittenCut | undefined, report: Report): CutSettings {
  return {
    fps: FRAME_RATES[cut?.fps ?? 30],
    size: sizeOf(cut?.size),
    fit: cut?.fit ?? 'contain',
    background: colorOf(cut?.background ?? 'black'),
    fadeInSeconds: cut?.fade_in ?? 0,
    fadeOutSeconds: cut?.fade_out ?? 0,
    watermark: cut?.watermark === undefined ? null : compileWatermark(cut.watermark, report),
    leader: leaderOf(cut?.leader, null, ['cut', 'leader']),
    burnIn: cut?.burn_in ?? false,
  };
}

function compileWatermark(watermark: NonNullable<WrittenCut['watermark']>, report: Report): Watermark | null {
  const path = ['cut', 'watermark'];
  const { text, image, position, opacity } = watermark;
  if ((text === undefined) === (image === undefined)) {
    report('one-of-two', 'a watermark is either a `text` or an `image`', path);
    return null;
  }
  return {
    ...{ text: text ?? null, image: image === undefined ? null : { file: image, path: [...path, 'image'] } },
    ...{ position: position ?? 'bottom-right', opacity: opacity ?? 0.5, path: [...path, 'text'] },
  };
}

/** `inherited` is what `true`, or nothing, means where there is one. */
export function leaderOf(written: WrittenCut['leader'], inherited: Leader | null, path: Path): Leader | null {
  if (written === undefined || (written === true && inherited !== null)) return inherited;
  if (written === false) return null;
  const { slate = 5, countdown = 8, lines = {} } = written === true ? {} : written;
  if (slate === 0 && countdown === 0) return null;
  return {
    ...{ slateSeconds: slate, countdown, path },
    lines: Object.entries(lines).map(([label, text]) => ({ label, text })),
  };
}

const FRAME_RATES: Readonly<Record<NonNullable<WrittenCut['fps']>, Fps>> = {
  23.976: { numerator: 24000, denominator: 1001 },
  24: { numerator: 24, denominator: 1 },
  25: { numerator: 25, denominator: 1 },
  29.97: { numerator: 30000, denominator: 1001 },
  30: { numerator: 30, denominator: 1 },
  50: { numerator: 50, denominator: 1 },
  60: { numerator: 60, denominator: 1 },
};

/** `1920x1080`. */
export function sizeOf(written: string | undefined): CutSettings['size'] {
  const size = /^(\d+)x(\d+)$/.exec(written ?? '');
  return size === null ? null : { width: Number(size[1]), height: Number(size[2]) };
}

/** `black`, `white` or `#1B2A49` as six digits; two spellings of one colour are one. */
export function colorOf(written: string): Color {
  if (written === 'black') return '#000000';
  if (written === 'white') return '#ffffff';
  return written.toLowerCase() as Color;
}
