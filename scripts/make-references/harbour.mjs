// The harbour at dawn. Its middle third must stand alone: narrow insets show no more of it.
import { blob, curve, water } from './curves.mjs';
import { cycle, fadeEnds, scatter, sway } from './motion.mjs';
import {
  circle,
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
} from './svg.mjs';

const WIDTH = 960;
const HEIGHT = 540;
const SUN = 560;

const DEFINITIONS = [
  linear('sky', [
    [0, '#4f7f8a'],
    [0.35, '#9db9ad'],
    [0.56, '#ecd3a2'],
    [0.64, '#f6c98d'],
    [1, '#f6c98d'],
  ]),
  radial('glow', [
    [0, '#fff3d2', 1],
    [0.3, '#ffe2ab', 0.55],
    [1, '#fbd598', 0],
  ]),
  linear('hills', [
    [0, '#8fa69b'],
    [1, '#d9c7a0'],
  ]),
  linear('cape', [
    [0, '#5f8284'],
    [1, '#a3ab98'],
  ]),
  radial('mist', [
    [0, '#fbe9c6', 0.9],
    [0.5, '#fbe9c6', 0.45],
    [1, '#fbe9c6', 0],
  ]),
  linear('sea-1', [
    [0, '#c9bd98'],
    [1, '#7fa09b'],
  ]),
  linear('sea-2', [
    [0, '#6b9696'],
    [1, '#4d7d82'],
  ]),
  linear('sea-3', [
    [0, '#44747a'],
    [1, '#305d65'],
  ]),
  linear('sea-4', [
    [0, '#2a535c'],
    [1, '#1b3b44'],
  ]),
  linear('quay', [
    [0, '#2c4650'],
    [1, '#1b3039'],
  ]),
  linear(
    'sail',
    [
      [0, '#b9532f'],
      [1, '#dd8450'],
    ],
    [0, 0, 1, 0],
  ),
  linear(
    'canvas',
    [
      [0, '#d9c8a4'],
      [1, '#fbeccb'],
    ],
    [0, 0, 1, 0],
  ),
];

/** @param {number} t */
export function harbour(t) {
  return picture(
    WIDTH,
    HEIGHT,
    DEFINITIONS,
    rect(0, 0, WIDTH, HEIGHT, 'url(#sky)'),
    circle(SUN, 268, 300 + sway(t, 1) * 8, 'url(#glow)'),
    clouds(t),
    circle(SUN, 262, 46, '#fffaea'),
    path(
      blob(
        [-40, 330],
        [-40, 330],
        [-40, 262],
        [60, 232],
        [130, 250],
        [220, 214],
        [330, 262],
        [430, 276],
        [560, 296],
        [640, 286],
        [760, 268],
        [880, 284],
        [1000, 262],
        [1000, 330],
        [1000, 330],
      ),
      'url(#hills)',
      'opacity="0.9"',
    ),
    mist(t, 276, 3),
    town(t),
    mist(t, 300, 2),
    path(water({ width: WIDTH, height: HEIGHT, y: 318, length: 320, swell: 2, t }), 'url(#sea-1)'),
    lighthouse(t),
    path(
      water({ width: WIDTH, height: HEIGHT, y: 346, length: 240, swell: 3.5, t, turns: -1, phase: 0.2 }),
      'url(#sea-2)',
    ),
    gleams(t, 6, 322),
    ketch(t),
    path(
      water({ width: WIDTH, height: HEIGHT, y: 396, length: 320, swell: 5, t, phase: 0.6 }),
      'url(#sea-3)',
    ),
    gleams(t, 10, 404),
    dinghy(t),
    path(
      water({ width: WIDTH, height: HEIGHT, y: 462, length: 480, swell: 7, t, turns: -1, phase: 0.1 }),
      'url(#sea-4)',
    ),
    quay(t),
    gull(t, 452, 132, 25, 0),
    gull(t, 520, 98, 16, 0.31),
    gull(t, 690, 120, 20, 0.62),
    gull(t, 392, 168, 13, 0.8),
  );
}

/** @param {number} t */
function clouds(t) {
  return [
    [250, 66, 210],
    [610, 92, 250],
    [420, 128, 150],
    [800, 168, 190],
    [650, 190, 120],
  ]
    .map(([x, y, w], k) => {
      const drift = x + sway(t, 1, k * 0.21) * 12;
      return (
        rect(drift - w / 2, y, w, 11, '#f8e6c0', 'rx="5.5" opacity="0.5"') +
        rect(drift - w * 0.22, y + 13, w * 0.62, 7, '#f8e6c0', 'rx="3.5" opacity="0.35"')
      );
    })
    .join('');
}

/** Banks of mist that come out of nothing, drift and thin out. @param {number} t @param {number} y @param {number} count */
function mist(t, y, count) {
  return Array.from({ length: count }, (_, k) => {
    const share = cycle(t, 1, k / count);
    const x = scatter(k, y) * 500 + 60 + share * 240;
    return ellipse(
      x,
      y + k * 7,
      270,
      24,
      'url(#mist)',
      `opacity="${(0.85 * fadeEnds(share, 0.4)).toFixed(3)}"`,
    );
  }).join('');
}

/** @param {number} t */
function town(t) {
  const houses = [
    [0, 60, 66],
    [52, 44, 92],
    [94, 66, 58],
    [152, 40, 84],
    [190, 54, 64],
    [238, 34, 100],
    [270, 60, 52],
    [324, 46, 68],
    [366, 52, 42],
  ];
  return houses
    .map(([x, w, h], k) => {
      const top = 320 - h;
      const roof =
        k === 5
          ? polygon(
              [
                [x + 4, top],
                [x + w / 2, top - 58],
                [x + w - 4, top],
              ],
              '#3e626a',
            )
          : polygon(
              [
                [x - 4, top],
                [x + w / 2, top - 22],
                [x + w + 4, top],
              ],
              '#3e626a',
            );
      const lit =
        scatter(k, 4) > 0.4
          ? rect(
              x + w * 0.3,
              top + 14,
              7,
              10,
              '#ffe0a0',
              `opacity="${(0.8 + 0.2 * sway(t, 1 + (k % 2), scatter(k))).toFixed(2)}"`,
            )
          : '';
      return (
        rect(x, top, w, 340 - top, k % 2 ? '#587d80' : '#507276') +
        rect(x + w - 8, top, 8, 340 - top, '#c9b78d', 'opacity="0.5"') +
        roof +
        lit
      );
    })
    .join('');
}

/** @param {number} t */
function lighthouse(t) {
  const flash = Math.max(0, sway(t, 2, 0.1)) ** 2;
  return [
    path(
      blob([690, 344], [690, 344], [740, 318], [800, 306], [880, 310], [990, 302], [990, 350], [990, 350]),
      'url(#cape)',
    ),
    polygon(
      [
        [826, 312],
        [833, 222],
        [851, 222],
        [858, 312],
      ],
      '#e8dabb',
    ),
    polygon(
      [
        [826, 312],
        [833, 222],
        [840, 222],
        [836, 312],
      ],
      '#a7ab9a',
    ),
    polygon(
      [
        [830, 268],
        [831.5, 246],
        [852.5, 246],
        [854, 268],
      ],
      '#b9532f',
    ),
    rect(829, 216, 26, 7, '#33555d'),
    circle(842, 206, 40, 'url(#glow)', `opacity="${(0.15 + 0.85 * flash).toFixed(3)}"`),
    rect(835, 200, 14, 16, '#fff3d0'),
    polygon(
      [
        [831, 200],
        [842, 186],
        [853, 200],
      ],
      '#33555d',
    ),
  ].join('');
}

/** The sun's path on the water. @param {number} t @param {number} count @param {number} top */
function gleams(t, count, top) {
  return Array.from({ length: count }, (_, k) => {
    const spread = 40 + (top - 318) * 0.5 + k * 9;
    const glimmer = 0.25 + 0.6 * Math.max(0, sway(t, 1 + (k % 2), scatter(k, top)));
    const w = 26 + scatter(k, 9) * 42;
    return rect(
      SUN + (scatter(k, 8 + top) - 0.5) * spread * 2 - w / 2,
      top + k * 6.5,
      w,
      3.4,
      '#ffe9bb',
      `rx="1.7" opacity="${glimmer.toFixed(2)}"`,
    );
  }).join('');
}

/** The boat that will carry the salt. @param {number} t */
function ketch(t) {
  return group(
    placed(432, 372 + sway(t, 1, 0.2) * 3.5, sway(t, 1, 0.4) * 1.3),
    line('M-18 -6 V-196', '#22383f', 5),
    line('M66 -6 V-136', '#22383f', 4),
    line('M-18 -194 L-112 -14 M-18 -194 L66 -132 M66 -134 L112 -12', '#22383f', 1.4, 'opacity="0.8"'),
    path('M-13 -180 C34 -150 48 -80 44 -32 L-13 -26Z', 'url(#sail)'),
    line('M-11 -130 C20 -122 36 -108 42 -90 M-11 -80 C18 -74 36 -68 46 -60', '#8c3a22', 2, 'opacity="0.7"'),
    path('M-24 -170 C-46 -110 -70 -60 -96 -26 L-24 -30Z', 'url(#canvas)'),
    path('M70 -124 C96 -98 104 -60 102 -30 L70 -26Z', 'url(#sail)'),
    path('M-128 -22 C-120 8 -100 34 -84 40 L92 40 C108 24 122 0 126 -20 C60 -4 -60 -2 -128 -22Z', '#1f343c'),
    path('M-128 -22 C-60 -2 60 -4 126 -20 L123 -10 C60 6 -60 8 -125 -12Z', '#c56b3d'),
    path('M96 36 C110 22 121 2 124 -10 L118 -8 C112 10 98 30 84 40Z', '#e8b679', 'opacity="0.8"'),
    line('M-14 -196 q14 3 24 -2 q8 -3 14 2', '#b9532f', 5),
  );
}

/** @param {number} t */
function dinghy(t) {
  return group(
    placed(742, 428 + sway(t, 1, 0.7) * 4, sway(t, 1, 0.9) * 2.2),
    line('M6 0 V-104', '#22383f', 3.5),
    path('M10 -100 C40 -72 50 -40 50 -12 L10 -10Z', 'url(#canvas)'),
    path('M-56 -8 C-48 14 -38 22 -28 26 L44 26 C56 16 62 4 64 -8Z', '#223a43'),
    line('M-56 -8 H64', '#d9a56b', 4),
  );
}

/** The quay in front: its crane, bollards, and sacks of salt. @param {number} t */
function quay(t) {
  const bars = Array.from({ length: 6 }, (_, k) => {
    const y = 400 - k * 48;
    const inset = k * 2;
    return `M${66 + inset} ${y} L${128 - inset} ${y - 48} M${128 - inset} ${y} L${66 + inset} ${y - 48}`;
  }).join('');
  const jib = Array.from({ length: 9 }, (_, k) => {
    const [x, y] = [96 + k * 26, 92 - k * 5.6];
    return `M${x} ${y} L${x + 13} ${y + 15} L${x + 26} ${y - 5.6}`;
  }).join('');
  const sack = (x, y, w) =>
    path(
      blob(
        [x - w, y],
        [x - w * 1.04, y - w * 0.5],
        [x - w * 0.4, y - w * 0.92],
        [x, y - w * 0.84],
        [x + w * 0.44, y - w * 0.94],
        [x + w * 1.04, y - w * 0.5],
        [x + w, y],
        [x, y + w * 0.08],
      ),
      '#8f8a75',
    ) +
    path(
      blob([x + w * 0.3, y], [x + w * 0.5, y - w * 0.9], [x + w * 1.04, y - w * 0.5], [x + w, y]),
      '#d9c49a',
    ) +
    line(`M${x - w * 0.16} ${y - w * 0.88} l${w * 0.34} 0`, '#5d4a34', 4);
  return [
    line('M64 400 L76 90 M130 400 L118 90', '#22383f', 7),
    line(bars, '#22383f', 3.4),
    polygon(
      [
        [60, 96],
        [134, 96],
        [126, 66],
        [72, 66],
      ],
      '#22383f',
    ),
    rect(84, 74, 20, 14, '#ffd792', `opacity="${(0.85 + 0.15 * sway(t, 2)).toFixed(2)}"`),
    line('M-20 118 L96 92 L336 40 L96 108 L-20 128', '#22383f', 5),
    line(jib, '#22383f', 2.4),
    line('M98 66 L104 26 L330 42 M104 26 L-10 112', '#22383f', 2.6),
    rect(-20, 106, 50, 40, '#22383f'),
    group(
      `transform="rotate(${(sway(t, 1) * 2.6).toFixed(2)} 322 44)"`,
      line('M322 44 V168', '#22383f', 2.4),
      line('M322 168 L292 196 M322 168 L352 196', '#22383f', 2.4),
      rect(288, 196, 68, 46, '#a8653a'),
      rect(338, 196, 18, 46, '#dd9a5e'),
      line('M288 211 H356 M288 227 H356', '#6b3d20', 2.4),
    ),
    path('M-20 402 L360 402 L388 424 L388 560 L-20 560Z', 'url(#quay)'),
    path('M-20 394 L356 394 L390 420 L-20 420Z', '#4b666c'),
    line(
      'M-10 456 H388 M-10 494 H388 M70 420 V456 M190 456 V494 M290 420 V456 M110 494 V540 M320 494 V540',
      '#152931',
      3,
      'opacity="0.7"',
    ),
    sack(150, 402, 32),
    sack(208, 402, 30),
    sack(179, 374, 29),
    path('M268 404 V380 H260 V370 H296 V380 H288 V404Z', '#18292f'),
    rect(290, 370, 6, 10, '#e6bd85'),
    line(curve([280, 388], [298, 391], [312, 380], [318, 364 + sway(t, 1, 0.2) * 3.5]), '#d6b98a', 3),
  ].join('');
}

/** @param {number} t @param {number} x @param {number} y @param {number} size @param {number} phase */
function gull(t, x, y, size, phase) {
  const flap = sway(t, 4, phase) * 0.5;
  const [cx, cy] = [x + sway(t, 1, phase) * 26, y + sway(t, 1, phase + 0.25) * 9 + flap * size * 0.16];
  const wing = side =>
    path(
      `M${(cx).toFixed(1)} ${(cy - size * 0.1).toFixed(1)} Q${(cx + side * size * 0.45).toFixed(1)} ${(cy - size * (0.42 + flap * 0.5)).toFixed(1)} ${(cx + side * size).toFixed(1)} ${(cy - size * flap * 0.9).toFixed(1)} Q${(cx + side * size * 0.45).toFixed(1)} ${(cy - size * (0.2 + flap * 0.4)).toFixed(1)} ${(cx).toFixed(1)} ${(cy + size * 0.12).toFixed(1)}Z`,
      '#2d4a53',
    );
  return wing(-1) + wing(1) + ellipse(cx, cy, size * 0.13, size * 0.2, '#2d4a53');
}
