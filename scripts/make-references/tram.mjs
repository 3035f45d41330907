// Line 9, the last one, coming down a wet street. The camera runs ahead of it, so the street flees toward the
// vanishing point behind the tram.
import { cycle, scatter, sway, TURN } from './motion.mjs';
import {
  circle,
  clip,
  ellipse,
  group,
  line,
  linear,
  path,
  picture,
  placed,
  polygon,
  radial,
  rect,
  round,
  shadow,
} from './svg.mjs';

/** @typedef {import('./svg.mjs').Point} Point */

const SIZE = 720;
const HORIZON = 330;
const NEAR = 0.5;
/** What is nearer is cut off here, far outside the frame: at zero it would fly to infinity. */
const EYE = 0.14;
/** Metres between two houses, in units of depth; a loop passes two of them, so every second one is alike. */
const STEP = 0.75;
const HOUSES = 8;
const NEON = ['#ff4f9a', '#37d0ff', '#ffb84d', '#8b6bff'];

const DEFINITIONS = [
  linear('night', [
    [0, '#0e0a2e'],
    [0.5, '#2a1a63'],
    [1, '#6a2d86'],
  ]),
  linear('street', [
    [0, '#3d2468'],
    [0.35, '#1d1442'],
    [1, '#0d0927'],
  ]),
  radial('haze', [
    [0, '#ff8fb8', 0.75],
    [0.4, '#b44fb0', 0.4],
    [1, '#6a2d86', 0],
  ]),
  radial('beam', [
    [0, '#fff6da', 1],
    [0.18, '#ffe7ac', 0.75],
    [0.5, '#ffcf7a', 0.22],
    [1, '#ffcf7a', 0],
  ]),
  linear(
    'body',
    [
      [0, '#8e1f4c'],
      [0.5, '#d23a54'],
      [1, '#8a2360'],
    ],
    [0, 0, 1, 0],
  ),
  linear(
    'cream',
    [
      [0, '#c79aa8'],
      [0.5, '#fbe9cf'],
      [1, '#b89ac0'],
    ],
    [0, 0, 1, 0],
  ),
  linear('warm', [
    [0, '#ffe9ae'],
    [0.6, '#ffc25e'],
    [1, '#e08a3c'],
  ]),
  linear(
    'roof',
    [
      [0, '#3a1d5c'],
      [0.5, '#6b3a78'],
      [1, '#2c1b58'],
    ],
    [0, 0, 1, 0],
  ),
  linear('fading', [
    [0, '#ffffff', 0.75],
    [1, '#ffffff', 0.06],
  ]),
  ...NEON.map((color, k) =>
    radial(`neon-${k}`, [
      [0, color, 0.6],
      [1, color, 0],
    ]),
  ),
  shadow('lift', '#060318', 0.5),
];

/** @param {number} x @param {number} y down from the horizon @param {number} z @returns {Point} */
const seen = (x, y, z) => [SIZE / 2 + x / z, HORIZON + y / z];

/** @param {number} t */
export function tram(t) {
  const order = Array.from({ length: HOUSES }, (_, k) => ({
    k,
    z: NEAR + STEP * (((k + 2 * t) % HOUSES) - 1),
  })).sort((a, b) => b.z - a.z);
  const rock = sway(t, 1) * 0.7;
  const bob = sway(t, 2, 0.2) * 1.6;
  const carriage = car(t);
  return picture(
    SIZE,
    SIZE,
    DEFINITIONS,
    rect(0, 0, SIZE, SIZE, 'url(#night)'),
    ellipse(SIZE / 2, HORIZON, 330, 210, 'url(#haze)'),
    rect(0, HORIZON, SIZE, SIZE - HORIZON, 'url(#street)'),
    ...order.map(({ k, z }) => house(k, z, t)),
    ...order.map(({ k, z }) => puddle(k, z)),
    rails(),
    wires(t),
    // The tram in the wet street, upside down and broken by ripples.
    `<mask id="wet"><rect x="0" y="520" width="${SIZE}" height="200" fill="url(#fading)"/></mask>`,
    group(
      'mask="url(#wet)"',
      group(
        `transform="translate(${(360 + rock).toFixed(2)} ${(1044 - bob).toFixed(2)}) scale(1 -1)"`,
        group('opacity="0.55"', carriage),
      ),
      ripples(t),
    ),
    glowOnStreet(t),
    ellipse(360, 524, 150, 12, '#050216', 'opacity="0.75"'),
    group(placed(360 + rock, bob, rock * 0.25), carriage),
    lamps(t, rock, bob),
    rain(t),
  );
}

/** A house on either side, with its windows and its sign. @param {number} k @param {number} z @param {number} t */
function house(k, z, t) {
  const parity = k % 2;
  const [near, far] = [Math.max(z, EYE), z + STEP * 0.96];
  if (far <= EYE) return '';
  // Per pane, not for the group: resvg aborts on a group with an opacity that lies wholly outside the frame.
  const dim = Math.min(1, 1.5 / (0.5 + far));
  return [-1, 1]
    .map(side => {
      const wall = side * 232;
      const kind = (parity + (side > 0 ? 1 : 0)) % 2;
      const height = kind ? 470 : 360;
      const quad = (z1, z2, y1, y2) => [
        seen(wall, y1, z1),
        seen(wall, y1, z2),
        seen(wall, y2, z2),
        seen(wall, y2, z1),
      ];
      const windows = [];
      for (let row = 0; row < 5; row++) {
        for (let column = 0; column < 3; column++) {
          const chance = scatter(row * 3 + column, kind * 7 + side);
          if (chance < 0.42) continue;
          const z1 = Math.max(z + STEP * (0.14 + column * 0.28), EYE);
          const z2 = z + STEP * (0.29 + column * 0.28);
          if (z2 <= EYE) continue;
          const top = -height + 40 + row * 68;
          if (top > -70) continue;
          const flicker = chance > 0.93 ? 0.7 + 0.3 * sway(t, 3) : 1;
          windows.push(
            polygon(
              quad(z1, z2, top, top + 36),
              chance > 0.8 ? '#ff7fb4' : chance > 0.66 ? '#6fd8ff' : '#ffcf7d',
              `fill-opacity="${round(0.8 * flicker * dim)}"`,
            ),
          );
        }
      }
      const [s1, s2] = [Math.max(z + STEP * 0.1, EYE), z + STEP * 0.86];
      const shop =
        s2 <= EYE
          ? ''
          : polygon(
              quad(s1, s2, -46, 20),
              kind ? '#ffb65c' : '#ff6fa8',
              `fill-opacity="${round(0.75 * dim)}"`,
            ) +
            polygon(
              quad(s1, s2, -62, -48),
              NEON[(kind + (side > 0 ? 2 : 0)) % 4],
              `fill-opacity="${round(0.9 * dim)}"`,
            );
      return (
        polygon(quad(near, far, -height, 60), kind ? '#20164f' : '#1a1242') +
        windows.join('') +
        shop +
        sign(side, kind, z + STEP * 0.5, t)
      );
    })
    .join('');
}

/** A neon sign that stands out over the pavement: no letters, so that it needs no font. */
function sign(side, kind, z, t) {
  if (z < 0.3) return '';
  const tube = (kind * 2 + (side > 0 ? 1 : 0)) % 4;
  const color = NEON[tube];
  const s = 1 / z;
  const [x, y] = seen(side * 204, -210, z);
  const glow = (0.85 + 0.15 * sway(t, 3, kind * 0.4)).toFixed(3);
  const mark = kind
    ? [
        ellipse(0, -46, 13, 13, 'none', `stroke="${color}" stroke-width="5"`),
        line('M-12 -14 H12 M-12 2 H12 M-12 18 H12', color, 5),
        line('M-10 38 L0 52 L10 38', color, 5),
      ]
    : [
        line('M-6 -40 V-64 L12 -70 V-46', color, 5),
        circle(-10, -40, 6, color),
        circle(8, -46, 6, color),
        line('M-12 -18 L0 -28 L12 -18 M-12 0 L0 -10 L12 0', color, 5),
        circle(0, 30, 13, 'none', `stroke="${color}" stroke-width="5"`),
      ];
  return group(
    `transform="translate(${round(x)} ${round(y)}) scale(${round(s)})"`,
    ellipse(0, -6, 120, 180, `url(#neon-${tube})`, 'opacity="0.6"'),
    rect(-24, -84, 48, 156, '#120c36', 'rx="10"'),
    rect(-24, -84, 48, 156, 'none', `rx="10" stroke="${color}" stroke-width="4" opacity="${glow}"`),
    group(`opacity="${glow}"`, ...mark),
  );
}

/** The signs' light on the street. @param {number} k @param {number} z */
function puddle(k, z) {
  const middle = z + STEP * 0.5;
  if (middle < 0.36) return '';
  return [-1, 1]
    .map(side => {
      const kind = (k + (side > 0 ? 1 : 0)) % 2;
      const tube = `url(#neon-${(kind * 2 + (side > 0 ? 1 : 0)) % 4})`;
      const [x, y] = seen(side * 176, 78, middle);
      return (
        ellipse(x, y + 44 / middle, 34 / middle, 76 / middle, tube, 'opacity="0.8"') +
        ellipse(x, y + 36 / middle, 10 / middle, 52 / middle, tube)
      );
    })
    .join('');
}

function rails() {
  return [-1, 1]
    .map(side => {
      const [fx, fy] = seen(side * 62, 96, 3.4);
      const [nx, ny] = seen(side * 62, 96, 0.22);
      const spread = side * 7;
      return (
        polygon(
          [
            [fx, fy],
            [fx + side, fy],
            [nx + spread, ny],
            [nx - spread, ny],
          ],
          '#a58be0',
          'opacity="0.55"',
        ) +
        polygon(
          [
            [fx, fy],
            [fx + side * 0.4, fy],
            [nx + spread * 0.4, ny],
            [nx, ny],
          ],
          '#ffe3b0',
          'opacity="0.5"',
        )
      );
    })
    .join('');
}

/** @param {number} t */
function wires(t) {
  const sag = sway(t, 2) * 1.2;
  return [
    line(`M360 ${HORIZON - 60} L${360} ${-20}`, '#0a0622', 3, 'opacity="0.9"'),
    line(`M-20 90 Q360 ${132 + sag} 740 90`, '#0a0622', 2.6, 'opacity="0.8"'),
    line(`M-20 20 Q360 ${72 - sag} 740 20`, '#0a0622', 2.6, 'opacity="0.8"'),
  ].join('');
}

/** The front of the carriage, about x = 0. @param {number} t */
function car(t) {
  const wiper = 24 * sway(t, 4) + 4;
  const shell =
    'M-132 506 L-140 330 C-142 232 -124 186 -84 172 L84 172 C124 186 142 232 140 330 L132 506 C130 518 120 522 108 522 L-108 522 C-120 522 -130 518 -132 506Z';
  const glassPath =
    'M-114 336 L-112 260 C-110 240 -104 234 -88 234 L88 234 C104 234 110 240 112 260 L114 336 Q0 350 -114 336Z';
  const nine = 'M10 199 a10 10 0 1 0 -3 7 M11 199 C12 214 6 222 -4 222';
  return [
    // Pantograph.
    line('M-30 174 L24 146 L-14 112 M30 174 L-24 146 L14 112', '#150d38', 5),
    line('M-38 110 H38', '#150d38', 6),
    path('M-104 186 C-96 160 -70 152 0 152 C70 152 96 160 104 186Z', 'url(#roof)'),
    path(shell, 'url(#body)', 'filter="url(#lift)"'),
    clip('shell-edge', path(shell, '#000')),
    group(
      'clip-path="url(#shell-edge)"',
      path('M-160 160 H160 V352 Q0 372 -160 352Z', 'url(#cream)'),
      path('M-160 366 Q0 386 160 366 L160 376 Q0 396 -160 376Z', '#fbe0b4', 'opacity="0.85"'),
      path('M-160 160 L-118 160 L-128 540 L-160 540Z', '#ff4f9a', 'opacity="0.35"'),
      path('M160 160 L122 160 L130 540 L160 540Z', '#37d0ff', 'opacity="0.3"'),
      rect(-160, 492, 320, 40, '#2a0f3a', 'opacity="0.7"'),
    ),
    line(shell, '#ff8fc0', 3, 'opacity="0.35"'),
    // The line's number.
    rect(-44, 184, 88, 42, '#160d30', 'rx="9"'),
    group('transform="translate(0 0)"', line(nine, '#ffc04d', 5.5)),
    circle(-30, 205, 3.4, '#ff9f43'),
    circle(30, 205, 3.4, '#ff9f43'),
    path(glassPath, 'url(#warm)'),
    clip('pane', path(glassPath, '#000')),
    group(
      'clip-path="url(#pane)"',
      // Inside: lamps, poles, some who ride home, and the driver.
      rect(-120, 230, 240, 26, '#fff4d0', 'opacity="0.8"'),
      line('M-72 250 V350 M66 250 V350', '#b5652c', 4),
      ...[
        [-92, 306, 10],
        [-54, 300, 11],
        [86, 304, 10],
      ].map(
        ([x, y, r]) =>
          circle(x, y, r, '#a2562f') +
          path(
            `M${x - r * 1.7} ${y + 50} C${x - r * 1.7} ${y + 14} ${x - r} ${y + 11} ${x} ${y + 11} C${x + r} ${y + 11} ${x + r * 1.7} ${y + 14} ${x + r * 1.7} ${y + 50}Z`,
            '#a2562f',
          ),
      ),
      circle(22, 288, 17, '#4a2140'),
      path('M2 284 C4 262 40 262 42 284 L48 288 L0 288Z', '#2b1238'),
      path('M-12 356 C-12 318 4 308 22 308 C40 308 56 318 56 356Z', '#4a2140'),
      path('M-96 220 L-40 220 L-84 360 L-140 360Z', '#ffffff', 'opacity="0.22"'),
      path('M-24 220 L-10 220 L-54 360 L-68 360Z', '#ffffff', 'opacity="0.22"'),
    ),
    line(glassPath, '#3a1636', 6),
    group(placed(0, 344, wiper), line('M0 0 V-84', '#1c0f33', 4.5), line('M0 -30 V-96', '#1c0f33', 2.5)),
    // Coupler and fender.
    rect(-24, 470, 48, 26, '#1c0f33', 'rx="8"'),
    rect(-118, 506, 236, 20, '#150b2b', 'rx="8"'),
    ...[-1, 1].flatMap(side => [
      circle(side * 84, 436, 25, '#4a1236'),
      circle(side * 84, 436, 21, '#fff0c4'),
      circle(side * 84, 436, 13, '#ffffff'),
    ]),
    circle(0, 420, 13, '#4a1236'),
    circle(0, 420, 10, '#ffd98a'),
  ].join('');
}

/** @param {number} t @param {number} rock @param {number} bob */
function lamps(t, rock, bob) {
  const pulse = 1 + 0.04 * sway(t, 2);
  return [-1, 1]
    .map(
      side =>
        circle(360 + side * 84 + rock, 436 + bob, 92 * pulse, 'url(#beam)', 'opacity="0.85"') +
        ellipse(360 + side * 84 + rock, 436 + bob, 190 * pulse, 5, 'url(#beam)', 'opacity="0.6"'),
    )
    .join('');
}

/** @param {number} t */
function glowOnStreet(t) {
  return (
    [-1, 1]
      .map(side =>
        ellipse(360 + side * 86, 604, 34 + sway(t, 2, side * 0.2) * 2, 108, 'url(#beam)', 'opacity="0.55"'),
      )
      .join('') + ellipse(360, 560, 190, 60, 'url(#beam)', 'opacity="0.35"')
  );
}

/** Dark bands that roll toward us through the reflection. @param {number} t */
function ripples(t) {
  return Array.from({ length: 11 }, (_, k) => {
    const share = (k + cycle(t, 2)) / 11;
    const y = 528 + share ** 1.5 * 200;
    const wide = 8 * Math.sin(TURN * (scatter(k, 3) + t));
    return rect(150 + wide, y, 420, 1.5 + share * 5, '#120b30', 'opacity="0.75"');
  }).join('');
}

/** @param {number} t */
function rain(t) {
  const streaks = Array.from({ length: 64 }, (_, k) => {
    const fall = cycle(t, 4 + (k % 3), scatter(k));
    const length = 24 + scatter(k, 2) * 34;
    const x = scatter(k, 1) * 860 - fall * 110;
    const y = fall * (SIZE + 140) - 70;
    return line(
      `M${x.toFixed(1)} ${y.toFixed(1)}l${(-length * 0.13).toFixed(1)} ${length.toFixed(1)}`,
      '#cfd6ff',
      1.8,
      `opacity="${0.16 + (k % 3) * 0.08}"`,
    );
  });
  const splashes = Array.from({ length: 16 }, (_, k) => {
    const share = cycle(t, 3, scatter(k, 4));
    const depth = scatter(k, 5);
    const r = (4 + 14 * depth) * share;
    return ellipse(
      scatter(k, 6) * SIZE,
      500 + depth * 200,
      r,
      r * 0.32,
      'none',
      `stroke="#cfc4ff" stroke-width="1.8" opacity="${(0.5 * (1 - share)).toFixed(3)}"`,
    );
  });
  return [...splashes, ...streaks].join('');
}
