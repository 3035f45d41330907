import type { Report } from './compile.ts';
import { loudnessOf } from './compile-audio.ts';
import { colorOf, leaderOf, sizeOf } from './compile-cut.ts';
import type { Audio, CutSettings, Deliverable } from './storyboard.ts';
import type { WrittenStoryboard } from './written.ts';

/** Other outputs of the same cut: each has what it says itself, and else what the film has. */
export function compileDeliverables(
  written: WrittenStoryboard['deliverables'],
  cut: CutSettings,
  audio: Audio,
  report: Report,
): Deliverable[] {
  return Object.entries(written ?? {}).map(([name, own]): Deliverable => {
    const { size, fit, background, codec, quality, loudness, burn_in, leader, watermark } = own;
    const shown = size === undefined ? cut.size : sizeOf(size);
    if (codec === 'dnxhr' && shown !== null && isTooSmall(shown)) {
      const message = `\`dnxhr\` holds pictures of ${SMALLEST_DNXHR.join('×')} or more, and this has ${shown.width}×${shown.height}`;
      report('size-too-small', message, ['deliverables', name, size === undefined ? 'codec' : 'size']);
    }
    return {
      name,
      cut: {
        ...cut,
        size: shown,
        fit: fit ?? cut.fit,
        background: background === undefined ? cut.background : colorOf(background),
        burnIn: burn_in ?? cut.burnIn,
        leader: leaderOf(leader, cut.leader, ['deliverables', name, 'leader']),
        watermark: watermark === false ? null : cut.watermark,
      },
      codec: codec ?? 'h264',
      quality: quality ?? 'normal',
      loudness: loudness === undefined ? audio.loudness : loudnessOf(loudness),
    };
  });
}

/** What ffmpeg's encoder asks for. */
const SMALLEST_DNXHR = [256, 120] as const;

function isTooSmall({ width, height }: { readonly width: number; readonly height: number }): boolean {
  return width < SMALLEST_DNXHR[0] || height < SMALLEST_DNXHR[1];
}
