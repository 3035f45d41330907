import { EXACT_SCALER } from '../media/h264.ts';
import type { MediaFacts } from '../media/probe.ts';

/** Filters that make of a clip's colours those of BT.709, or tell ffmpeg what they are; most clips need none. */
export function colorFilters(facts: MediaFacts, transparent: boolean): string[] {
  const { primaries, transfer, matrix } = facts.colors;
  const light = transfer === null ? undefined : HDR[transfer];
  const space = WIDE[primaries ?? ''] ?? (light === undefined ? undefined : 'bt2020');
  const unsaid = space === 'bt2020' && matrix === null ? 'bt2020nc' : unsaidMatrix(facts);
  const meant = unsaid === null ? [] : [`setparams=colorspace=${unsaid}`];
  return space === undefined ? meant : [...meant, ...narrowed(space, light, transparent ? 'gbrap' : 'gbrp')];
}

/**
 * Players take HD that says nothing of its colours for BT.709, and ffmpeg's scaler takes it for BT.601: they would
 * come out shifted, and at the price of a conversion of every frame.
 */
export function unsaidMatrix({ width, height, colors }: MediaFacts): 'bt709' | null {
  return colors.matrix === null && (width >= 1280 || height > 576) ? 'bt709' : null;
}

/** Primaries that reach further than those of BT.709, and curves that are brighter, in zscale's words. */
const WIDE: Readonly<Record<string, string>> = { bt2020: 'bt2020', smpte432: 'smpte432' };
const HDR: Readonly<Record<string, string>> = { pq: 'smpte2084', hlg: 'arib-std-b67' };

/** What BT.2408 takes for white, and the light of most that is mastered; brighter is cut off. */
const [WHITE_NITS, PEAK_NITS] = [203, 1000];

/**
 * Up to half of the light of white everything stays as it is, and what is brighter comes closer together, so that
 * highlights keep their shape. In RGB, pixel by pixel: where zscale makes colours of neighbouring pixels, its bytes are
 * others with each number of threads.
 */
function narrowed(space: string, light: string | undefined, planes: 'gbrp' | 'gbrap'): string[] {
  const rgb = [
    ...[`scale=flags=${EXACT_SCALER}:in_h_chr_pos=0`, `format=${planes}16le`],
    // All of it, whatever the frames say: where they leave a part unsaid, zscale knows no way.
    `setparams=colorspace=gbr:color_primaries=${space}:color_trc=${light ?? 'bt709'}`,
  ];
  if (light === undefined) return [...rgb, 'zscale=p=bt709', `format=${planes}16le`];
  return [
    ...rgb,
    ...[`zscale=t=linear:npl=${WHITE_NITS}`, `format=${planes}f32le`, 'zscale=p=bt709'],
    `tonemap=mobius:param=0.5:desat=0:peak=${(PEAK_NITS / WHITE_NITS).toFixed(3)}`,
    ...['zscale=t=bt709', `format=${planes}16le`],
  ];
}
