// The parts of a face, seen in three quarters.
import { circle, clip, ellipse, group, line, path, round } from './svg.mjs';

/**
 * An eye that can close: the lid comes down over the iris, the lash line with it.
 * @param {string} id
 * @param {{ x: number, y: number, width: number, height: number, open: number, gaze?: number, iris: string,
 *   lash: string, white?: string, lid: string, slant?: number }} eye
 */
export function eye(
  id,
  { x, y, width, height, open, gaze = 0, iris, lash, white = '#f6eadb', lid, slant = 0 },
) {
  const half = width / 2;
  const top = round(y - height * (open * 1.5 - 0.5));
  const [left, right] = [round(x - half), round(x + half)];
  const [inner, outer] = [round(y - slant), round(y + slant)];
  const upper = `C${round(x - half * 0.5)} ${top} ${round(x + half * 0.45)} ${top} ${right} ${outer}`;
  const lower = `C${round(x + half * 0.5)} ${round(y + height * 0.62)} ${round(x - half * 0.5)} ${round(y + height * 0.62)} ${left} ${inner}Z`;
  const radius = height * 0.62;
  return group(
    '',
    clip(id, path(`M${left} ${inner}${upper}${lower}`, '#000')),
    group(
      `clip-path="url(#${id})"`,
      ellipse(x, y, width, height * 2, white),
      circle(x + gaze, y - height * 0.16, radius, iris),
      circle(x + gaze, y - height * 0.16, radius * 0.52, '#15120f'),
      circle(x + gaze + radius * 0.36, y - height * 0.42, radius * 0.26, '#fff8ec'),
      // The lid's own shadow: without it an eye stares.
      path(
        `M${left} ${inner}${upper}L${right} ${round(y - height * 2)}H${left}Z`,
        lid,
        `transform="translate(0 ${round(height * 0.16)})" opacity="0.45"`,
      ),
    ),
    line(`M${left} ${inner}${upper}`, lash, height * 0.26),
  );
}
