import { loudnessOf } from './compile-audio.ts';
import { colorOf, leaderOf, sizeOf } from './compile-cut.ts';
import type { Audio, CutSettings, Deliverable } from './storyboard.ts';
import type { WrittenStoryboard } from './written.ts';

/** Other outputs of the same cut: each has what it says itself, and else what the film has. */
export function compileDeliverables(
  written: WrittenStoryboard['deliverables'],
  cut: CutSettings,
  audio: Audio,
): Deliverable[] {
  return Object.entries(written ?? {}).map(([name, own]): Deliverable => {
    const { size, fit, background, codec, quality, loudness, burn_in, leader, watermark } = own;
    return {
      name,
      cut: {
        ...cut,
        size: size === undefined ? cut.size : sizeOf(size),
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
