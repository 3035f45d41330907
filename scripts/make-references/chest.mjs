// The salt chest, open in the half-dark of a warehouse; daylight falls on it from the right.
import { blob, curve } from './curves.mjs';
import { cycle, fadeEnds, pulse, scatter, sway } from './motion.mjs';
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
  shadow,
} from './svg.mjs';

const SIZE = 720;
const IRON = '#3d4a50';

/** @typedef {import('./svg.mjs').Point} Point */
// The corners of the box: the rim's front left, front right, back right, back left; then the floor's.
/** @type {Point} */ const A = [138, 392];
/** @type {Point} */ const B = [466, 420];
/** @type {Point} */ const C = [590, 360];
/** @type {Point} */ const D = [274, 336];
/** @type {Point} */ const E = [154, 562];
/** @type {Point} */ const F = [460, 604];
/** @type {Point} */ const G = [576, 524];
// The lid stands open behind; its upper edge.
/** @type {Point} */ const H = [618, 170];
/** @type {Point} */ const I = [262, 150];

const DEFINITIONS = [
  linear(
    'wall',
    [
      [0, '#22383f'],
      [1, '#3b5a5f'],
    ],
    [0, 0, 1, 0.4],
  ),
  linear('floor', [
    [0, '#3a4f51'],
    [1, '#1d2f36'],
  ]),
  linear(
    'beam',
    [
      [0, '#ffe9b8', 0.42],
      [1, '#ffe2a8', 0],
    ],
    [1, 0, 0.2, 1],
  ),
  linear(
    'front',
    [
      [0, '#6e3f22'],
      [1, '#93582f'],
    ],
    [0, 0.2, 1, 0],
  ),
  linear(
    'side',
    [
      [0, '#b97a45'],
      [1, '#d79a5c'],
    ],
    [0, 1, 1, 0],
  ),
  linear('lining', [
    [0, '#6b4126'],
    [0.45, '#3a2316'],
    [1, '#26170f'],
  ]),
  linear(
    'salt',
    [
      [0, '#c2d0ca'],
      [0.6, '#f4efe0'],
      [1, '#fffaf0'],
    ],
    [0, 0.6, 1, 0],
  ),
  radial('halo', [
    [0, '#fff6dc', 0.75],
    [1, '#fff0c8', 0],
  ]),
  radial('pool', [
    [0, '#0c181c', 0.85],
    [0.6, '#0c181c', 0.6],
    [1, '#0c181c', 0],
  ]),
  radial('sunspot', [
    [0, '#f0d7a0', 0.5],
    [1, '#f0d7a0', 0],
  ]),
  linear(
    'gleam',
    [
      [0, '#fff3d4', 0],
      [0.5, '#fff3d4', 0.6],
      [1, '#fff3d4', 0],
    ],
    [0, 0.5, 1, 0.5],
  ),
  shadow('lift', '#0b161a', 0.4),
];

/** A point between two others. @param {Point} from @param {Point} to @param {number} share @returns {Point} */
const along = (from, to, share) => [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];

/** A strip across a face, from one share of its width to another. @param {readonly Point[]} face */
const strip = ([topLeft, topRight, lowRight, lowLeft], from, to, fill, more = '') =>
  polygon(
    [
      along(topLeft, topRight, from),
      along(topLeft, topRight, to),
      along(lowLeft, lowRight, to),
      along(lowLeft, lowRight, from),
    ],
    fill,
    more,
  );

/** @param {number} t */
export function chest(t) {
  return picture(SIZE, SIZE, DEFINITIONS, warehouse(), lid(), salt(t), box(t), beam(t), sparkles(t));
}

function warehouse() {
  const boards = Array.from({ length: 8 }, (_, k) =>
    line(`M${k * 104 - 20} 0 V470`, '#1b2f36', 4, 'opacity="0.6"'),
  );
  const planks = Array.from({ length: 9 }, (_, k) =>
    line(`M${360 + (k - 4) * 92} 470 L${360 + (k - 4) * 210} 740`, '#15252b', 4, 'opacity="0.7"'),
  );
  const sack = (x, y, w) =>
    path(
      blob(
        [x - w, y],
        [x - w * 1.06, y - w * 0.6],
        [x - w * 0.5, y - w * 1.1],
        [x, y - w],
        [x + w * 0.5, y - w * 1.12],
        [x + w * 1.06, y - w * 0.6],
        [x + w, y],
        [x, y + w * 0.08],
      ),
      '#4d5a55',
    ) +
    path(
      blob([x + w * 0.4, y], [x + w * 0.6, y - w], [x + w * 1.06, y - w * 0.6], [x + w, y]),
      '#8f8b74',
      'opacity="0.8"',
    ) +
    line(curve([x - w * 0.22, y - w * 1.03], [x, y - w * 0.96], [x + w * 0.24, y - w * 1.04]), '#a8713c', 6);
  return [
    rect(0, 0, SIZE, 480, 'url(#wall)'),
    ...boards,
    rect(0, 462, SIZE, 260, 'url(#floor)'),
    rect(0, 458, SIZE, 8, '#15252b'),
    ...planks,
    ellipse(520, 600, 330, 110, 'url(#sunspot)'),
    sack(64, 506, 74),
    sack(20, 410, 60),
    ellipse(330, 598, 330, 64, 'url(#pool)'),
  ].join('');
}

/** We look into the lid: darker toward its hollow. */
function lid() {
  const inside = [I, H, C, D];
  const hollow = path(
    `M${D[0]} ${D[1]} L${I[0]} ${I[1]} Q430 112 ${H[0]} ${H[1]} L${C[0]} ${C[1]}Z`,
    'url(#lining)',
  );
  return group(
    'filter="url(#lift)"',
    path(
      `M${D[0] - 14} ${D[1] + 4} L${I[0] - 16} ${I[1] - 6} Q432 86 ${H[0] + 16} ${H[1] - 6} L${C[0] + 12} ${C[1]}Z`,
      '#8a552e',
    ),
    path(`M${H[0] + 16} ${H[1] - 6} L${C[0] + 12} ${C[1]} L${C[0]} ${C[1]} L${H[0]} ${H[1]}Z`, '#e0aa6c'),
    hollow,
    ...[0.25, 0.5, 0.75].map(share =>
      line(
        `M${along(I, D, share).join(' ')} Q432 ${(along(I, D, share)[1] - 26 * (1 - share)).toFixed(1)} ${along(H, C, share).join(' ')}`,
        '#1a0f09',
        4,
        'opacity="0.7"',
      ),
    ),
    strip(inside, 0.16, 0.24, IRON),
    strip(inside, 0.76, 0.84, '#5d6c70'),
    ...[0.12, 0.5, 0.86].flatMap(share =>
      [0.2, 0.8].map(at => circle(...along(along(I, D, share), along(H, C, share), at), 6, '#93a2a3')),
    ),
  );
}

/** @param {number} t */
function salt(t) {
  const heap = blob(
    [140, 404],
    [180, 366],
    [250, 330],
    [318, 300],
    [372, 280],
    [430, 296],
    [498, 326],
    [560, 348],
    [592, 368],
    [560, 420],
    [466, 446],
    [300, 436],
  );
  const crystals = Array.from({ length: 26 }, (_, k) => {
    const x = 190 + scatter(k) * 360;
    const y = 396 - (1 - Math.abs(x - 372) / 240) * 88 * scatter(k, 1) + (x - 372) * 0.02;
    const r = 7 + scatter(k, 2) * 11;
    return (
      polygon(
        [
          [x - r, y],
          [x - r * 0.3, y - r * 0.9],
          [x + r * 0.7, y - r * 0.6],
          [x + r, y + r * 0.2],
          [x, y + r * 0.5],
        ],
        k % 3 ? '#ffffff' : '#d3dcd3',
      ) +
      polygon(
        [
          [x - r, y],
          [x - r * 0.3, y - r * 0.9],
          [x + r * 0.1, y - r * 0.1],
          [x, y + r * 0.5],
        ],
        '#b4c6c1',
        'opacity="0.75"',
      )
    );
  });
  return [
    circle(
      380,
      330,
      250 + sway(t, 1) * 6,
      'url(#halo)',
      `opacity="${(0.62 + 0.12 * sway(t, 1)).toFixed(3)}"`,
    ),
    path(heap, 'url(#salt)'),
    path(
      blob([140, 404], [210, 350], [318, 300], [340, 296], [316, 340], [250, 390], [210, 430]),
      '#9db4b1',
      'opacity="0.6"',
    ),
    ...crystals,
  ].join('');
}

/** @param {number} t */
function box(t) {
  const front = [A, B, F, E];
  const side = [B, C, G, F];
  const gleam = cycle(t, 1, 0.1) * 1.8 - 0.5;
  const seams = face =>
    [0.36, 0.68]
      .map(share =>
        line(
          `M${along(face[0], face[3], share).join(' ')} L${along(face[1], face[2], share).join(' ')}`,
          '#3f2312',
          4,
          'opacity="0.65"',
        ),
      )
      .join('');
  const studs = (face, at) =>
    [0.22, 0.52, 0.84]
      .map(share => {
        const [x, y] = along(along(face[0], face[3], share), along(face[1], face[2], share), at);
        return circle(x, y, 6.5, '#7f8f92') + circle(x + 1.6, y - 1.8, 2.6, '#dbe2da');
      })
      .join('');
  const lock = along(along(A, E, 0.3), along(B, F, 0.3), 0.5);
  return [
    polygon(front, 'url(#front)'),
    seams(front),
    polygon(side, 'url(#side)'),
    seams(side),
    strip(front, 0.1, 0.2, IRON),
    strip(front, 0.8, 0.9, '#4a585d'),
    strip(side, 0.34, 0.5, '#8a9593'),
    studs(front, 0.15),
    studs(front, 0.85),
    studs(side, 0.42),
    // The rim, of iron.
    polygon(
      [
        [A[0] - 8, A[1] - 8],
        [B[0], B[1] - 8],
        [F[0], B[1] + 26],
        [A[0] - 4, A[1] + 24],
      ],
      IRON,
    ),
    polygon(
      [
        [B[0], B[1] - 8],
        [C[0] + 8, C[1] - 8],
        [C[0] + 5, C[1] + 22],
        [F[0], B[1] + 26],
      ],
      '#a3aba4',
    ),
    line(`M${A[0] - 8} ${A[1] - 8} L${B[0]} ${B[1] - 8}`, '#8b999a', 4),
    line(`M${B[0]} ${B[1] - 8} L${C[0] + 8} ${C[1] - 8}`, '#f6e6c2', 4),
    line(`M${B[0]} ${B[1] - 6} L${F[0]} ${F[1]}`, '#f0c98e', 4, 'opacity="0.9"'),
    // The hasp.
    group(
      placed(lock[0], lock[1] + 10, 4),
      rect(-32, -48, 64, 82, '#b98a3e', 'rx="10" filter="url(#lift)"'),
      rect(-26, -42, 52, 70, '#d6a957', 'rx="7"'),
      line('M-24 -40 H24 V20', '#f5da9b', 3, 'opacity="0.8"'),
      circle(0, -14, 9, '#3a2614'),
      path('M-5 -12 H5 L9 14 H-9Z', '#3a2614'),
    ),
    // A gleam runs over the iron.
    clip(
      'iron',
      strip(front, 0.1, 0.2, '#000'),
      strip(front, 0.8, 0.9, '#000'),
      strip(side, 0.34, 0.5, '#000'),
      polygon(
        [
          [A[0] - 8, A[1] - 8],
          [B[0], B[1] - 8],
          [F[0], B[1] + 26],
          [A[0] - 4, A[1] + 24],
        ],
        '#000',
      ),
    ),
    group(
      'clip-path="url(#iron)"',
      rect(40 + gleam * 560, 330, 170, 320, 'url(#gleam)', 'transform="skewX(-8) translate(50 0)"'),
    ),
  ].join('');
}

/** Daylight from a hatch, and dust in it. @param {number} t */
function beam(t) {
  const dust = Array.from({ length: 22 }, (_, k) => {
    const share = cycle(t, 1, scatter(k, 5));
    const x = 250 + scatter(k, 6) * 400 + sway(t, 1, scatter(k, 8)) * 10;
    return circle(
      x,
      440 - scatter(k, 7) * 330 - share * 70,
      1.8 + scatter(k, 9) * 2.2,
      '#fff4d6',
      `opacity="${(0.7 * fadeEnds(share, 0.4)).toFixed(3)}"`,
    );
  });
  return [
    polygon(
      [
        [560, -20],
        [760, -20],
        [760, 120],
        [400, 620],
        [150, 470],
      ],
      'url(#beam)',
      `opacity="${(0.62 + 0.08 * sway(t, 1, 0.3)).toFixed(3)}"`,
    ),
    ...dust,
  ].join('');
}

/** @param {number} t */
function sparkles(t) {
  return [
    [318, 318, 0.05, 34],
    [430, 322, 0.3, 40],
    [500, 352, 0.55, 30],
    [256, 366, 0.7, 28],
    [372, 292, 0.85, 38],
    [404, 374, 0.45, 26],
  ]
    .map(([x, y, at, size]) => {
      const bright = pulse(t, at, 0.13);
      const r = size * bright;
      return bright === 0
        ? ''
        : path(
            `M${x} ${(y - r).toFixed(1)}Q${x} ${y} ${(x + r).toFixed(1)} ${y}Q${x} ${y} ${x} ${(y + r).toFixed(1)}Q${x} ${y} ${(x - r).toFixed(1)} ${y}Q${x} ${y} ${x} ${(y - r).toFixed(1)}Z`,
            '#ffffff',
          );
    })
    .join('');
}
