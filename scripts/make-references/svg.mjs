// A few words for drawing cut-paper pictures as SVG. Numbers are rounded, so that the last bit of a sine, which
// may differ between engines, never reaches the picture.

/** @typedef {readonly [number, number]} Point */
/** @typedef {readonly [at: number, color: string, opacity?: number]} Stop */

/** @param {number} value */
export const round = value => Math.round(value * 100) / 100;

/** @param {number} x @param {number} y @param {number} r @param {string} fill */
export const circle = (x, y, r, fill, more = '') =>
  `<circle cx="${round(x)}" cy="${round(y)}" r="${round(r)}" fill="${fill}" ${more}/>`;

/** @param {number} x @param {number} y @param {number} rx @param {number} ry @param {string} fill */
export const ellipse = (x, y, rx, ry, fill, more = '') =>
  `<ellipse cx="${round(x)}" cy="${round(y)}" rx="${round(rx)}" ry="${round(ry)}" fill="${fill}" ${more}/>`;

/** @param {number} x @param {number} y @param {number} w @param {number} h @param {string} fill */
export const rect = (x, y, w, h, fill, more = '') =>
  `<rect x="${round(x)}" y="${round(y)}" width="${round(w)}" height="${round(h)}" fill="${fill}" ${more}/>`;

/** @param {string} d @param {string} fill */
export const path = (d, fill, more = '') => `<path d="${d}" fill="${fill}" ${more}/>`;

/** @param {string} d @param {string} color @param {number} width */
export const line = (d, color, width, more = '') =>
  `<path d="${d}" fill="none" stroke="${color}" stroke-width="${round(width)}" stroke-linecap="round" stroke-linejoin="round" ${more}/>`;

/** @param {readonly Point[]} points @param {string} fill */
export const polygon = (points, fill, more = '') =>
  path(`M${points.map(([x, y]) => `${round(x)} ${round(y)}`).join('L')}Z`, fill, more);

/** @param {string} attributes @param {readonly string[]} parts */
export const group = (attributes, ...parts) => `<g ${attributes}>${parts.join('')}</g>`;

/** @param {number} x @param {number} y @param {number} degrees @param {number} scale */
export const placed = (x, y, degrees = 0, scale = 1) =>
  `transform="translate(${round(x)} ${round(y)}) rotate(${round(degrees)}) scale(${round(scale)})"`;

/** @param {string} id @param {readonly string[]} parts */
export const clip = (id, ...parts) => `<clipPath id="${id}">${parts.join('')}</clipPath>`;

/** @param {readonly Stop[]} stops */
const stopList = stops =>
  stops
    .map(
      ([at, color, opacity = 1]) => `<stop offset="${at}" stop-color="${color}" stop-opacity="${opacity}"/>`,
    )
    .join('');

/**
 * From the top to the bottom of a shape, or along `axis`: x1 y1 x2 y2 in shares of its box.
 * @param {string} id @param {readonly Stop[]} stops
 */
export const linear = (id, stops, axis = [0, 0, 0, 1]) =>
  `<linearGradient id="${id}" x1="${axis[0]}" y1="${axis[1]}" x2="${axis[2]}" y2="${axis[3]}">${stopList(stops)}</linearGradient>`;

/** @param {string} id @param {readonly Stop[]} stops */
export const radial = (id, stops) => `<radialGradient id="${id}">${stopList(stops)}</radialGradient>`;

/** @param {string} id @param {number} deviation */
export const blur = (id, deviation) =>
  `<filter id="${id}" x="-50%" y="-50%" width="200%" height="200%"><feGaussianBlur stdDeviation="${deviation}"/></filter>`;

/**
 * The shadow that a sheet of paper throws on the one below it.
 * @param {string} id @param {string} color @param {number} opacity
 */
export const shadow = (id, color, opacity) =>
  `<filter id="${id}" x="-20%" y="-20%" width="140%" height="140%"><feDropShadow dx="0" dy="6" stdDeviation="8" flood-color="${color}" flood-opacity="${opacity}"/></filter>`;

/** @param {number} width @param {number} height @param {readonly string[]} definitions @param {readonly string[]} parts */
export const picture = (width, height, definitions, ...parts) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><defs>${definitions.join('')}</defs>${parts.join('')}</svg>`;
