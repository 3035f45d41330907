// A few words for drawing flat, cut-paper pictures as SVG. Every motion is a whole number of turns per loop, so
// that the last frame leads into the first.

export const TURN = 2 * Math.PI;

/** A slow back and forth: -1 … 1 over one loop, `turns` times. @param {number} t 0 … 1 */
export const sway = (t, turns = 1, phase = 0) => Math.sin(TURN * (t * turns + phase));

/** 0 for most of the loop, up to 1 and back in a short moment around `at`. */
export const pulse = (t, at, width) => {
  const distance = Math.abs(((t - at + 1.5) % 1) - 0.5);
  return distance >= width ? 0 : 0.5 + 0.5 * Math.cos((Math.PI * distance) / width);
};

export const round = value => Math.round(value * 100) / 100;

export const circle = (x, y, r, fill, more = '') =>
  `<circle cx="${round(x)}" cy="${round(y)}" r="${round(r)}" fill="${fill}" ${more}/>`;
export const ellipse = (x, y, rx, ry, fill, more = '') =>
  `<ellipse cx="${round(x)}" cy="${round(y)}" rx="${round(rx)}" ry="${round(ry)}" fill="${fill}" ${more}/>`;
export const rect = (x, y, w, h, fill, more = '') =>
  `<rect x="${round(x)}" y="${round(y)}" width="${round(w)}" height="${round(h)}" fill="${fill}" ${more}/>`;
export const path = (d, fill, more = '') => `<path d="${d}" fill="${fill}" ${more}/>`;
export const group = (transform, ...parts) => `<g transform="${transform}">${parts.join('')}</g>`;

/** A vertical gradient. @param {[number, string][]} stops */
export const gradient = (id, stops, angle = 90) =>
  `<linearGradient id="${id}" gradientTransform="rotate(${angle})">${stops
    .map(([at, color]) => `<stop offset="${at}" stop-color="${color}"/>`)
    .join('')}</linearGradient>`;

/** The outline of a rolling wave that fills everything below it; one loop moves it on by one wave length. */
export const wave = (width, height, y, length, height2, t, fill) => {
  const points = [];
  for (let x = -length; x <= width + length; x += length / 12) {
    const at = y + Math.sin((TURN * x) / length + TURN * t) * height2;
    points.push(`${round(x)} ${round(at)}`);
  }
  return path(`M${points.join('L')}L${width + length} ${height}L${-length} ${height}Z`, fill);
};

/** Numbers that look like chance and are the same every time. */
export const scatter = (index, salt = 0) => {
  const value = Math.sin((index + 1) * 127.1 + salt * 311.7) * 43758.5453;
  return value - Math.floor(value);
};

export const picture = (width, height, definitions, ...parts) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><defs>${definitions}</defs>${parts.join('')}</svg>`;
