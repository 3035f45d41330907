// Outlines as a hand would cut them: through points, without corners.
import { sway } from './motion.mjs';
import { round } from './svg.mjs';

/** @typedef {import('./svg.mjs').Point} Point */

/**
 * Bézier segments through the points (Catmull-Rom). A point named twice in a row is a corner.
 * @param {readonly Point[]} named @param {boolean} closed
 */
function segments(named, closed) {
  const same = (a, b) => a !== undefined && a[0] === b[0] && a[1] === b[1];
  const points = named.filter((point, k) => !same(named[k - 1], point));
  const corners = new Set(named.filter((point, k) => same(named[k - 1], point)).map(String));
  const count = points.length;
  const at = index => points[closed ? (index + count) % count : Math.min(count - 1, Math.max(0, index))];
  let d = '';
  for (let k = 0; k < (closed ? count : count - 1); k++) {
    const [from, to] = [at(k), at(k + 1)];
    const before = corners.has(String(from)) ? from : at(k - 1);
    const after = corners.has(String(to)) ? to : at(k + 2);
    const out = [from[0] + (to[0] - before[0]) / 6, from[1] + (to[1] - before[1]) / 6];
    const into = [to[0] - (after[0] - from[0]) / 6, to[1] - (after[1] - from[1]) / 6];
    d += `C${[...out, ...into, ...to].map(round).join(' ')}`;
  }
  return d;
}

/** A closed shape. @param {readonly Point[]} points */
export const blob = (...points) => `M${points[0].map(round).join(' ')}${segments(points, true)}Z`;

/** An open line. @param {readonly Point[]} points */
export const curve = (...points) => `M${points[0].map(round).join(' ')}${segments(points, false)}`;

/**
 * A strip of cloth or a lock of hair along a spine.
 * @param {readonly Point[]} spine @param {(share: number) => number} width from root to tip
 */
export function ribbon(spine, width) {
  const last = spine.length - 1;
  const sides = spine.map(([x, y], k) => {
    const [from, to] = [spine[Math.max(0, k - 1)], spine[Math.min(last, k + 1)]];
    const length = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1;
    const half = width(k / last) / 2;
    const [nx, ny] = [(-(to[1] - from[1]) / length) * half, ((to[0] - from[0]) / length) * half];
    return { left: /** @type {Point} */ ([x + nx, y + ny]), right: /** @type {Point} */ ([x - nx, y - ny]) };
  });
  const [tip, root] = [sides[last], sides[0]];
  const there = sides.map(side => side.left);
  const back = sides.map(side => side.right).reverse();
  // The first and last points twice: both ends of the strip are cut straight.
  return blob(root.left, ...there, tip.left, tip.right, ...back, root.right);
}

/**
 * A spine that the wind moves: still at its root, freest at its tip, the wave running outward.
 * @param {Point} root @param {Point} tip
 * @param {{ t: number, sag?: number, swing: number, waves?: number, turns?: number, phase?: number, points?: number }} wind
 * @returns {Point[]}
 */
export function windblown(root, tip, { t, sag = 0, swing, waves = 0.9, turns = 2, phase = 0, points = 8 }) {
  const [dx, dy] = [tip[0] - root[0], tip[1] - root[1]];
  const length = Math.hypot(dx, dy);
  return Array.from({ length: points }, (_, k) => {
    const share = k / (points - 1);
    const aside =
      swing * share ** 1.3 * sway(t, turns, phase - share * waves) + sag * Math.sin(Math.PI * share);
    return [root[0] + dx * share - (dy / length) * aside, root[1] + dy * share + (dx / length) * aside];
  });
}

/**
 * The rolling upper edge of a sheet of water that fills all below it. One loop moves it by whole wave lengths.
 * @param {{ width: number, height: number, y: number, length: number, swell: number, t: number, turns?: number, phase?: number }} sea
 */
export function water({ width, height, y, length, swell, t, turns = 1, phase = 0 }) {
  /** @type {Point[]} */
  const crest = [];
  for (let x = -length; x <= width + length; x += length / 8) {
    // Two waves of different length, or it looks like a saw.
    const roll = sway(t, turns, phase + x / length) + 0.45 * sway(t, -turns, phase * 3 + (2 * x) / length);
    crest.push([x, y + roll * swell]);
  }
  return `${curve(...crest)}L${width + length} ${height}L${-length} ${height}Z`;
}
