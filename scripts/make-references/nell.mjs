// Nell on the last tram: her eyes closed, the city's lights passing over her in time with the music.
import { blob, curve, ribbon, windblown } from './curves.mjs';
import { cycle, fadeEnds, scatter, sway, TURN } from './motion.mjs';
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
  radial,
  rect,
  shadow,
} from './svg.mjs';

const SIZE = 720;
const SHADE = '#5f3348';
const HAIR = '#171233';

const DEFINITIONS = [
  linear('night', [
    [0, '#15103a'],
    [0.55, '#2b1a5c'],
    [1, '#4a2272'],
  ]),
  ...[
    ['pink', '#ff4f9a'],
    ['cyan', '#37d0ff'],
    ['amber', '#ffb84d'],
  ].map(([id, color]) =>
    radial(id, [
      [0, color, 0.85],
      [0.72, color, 0.5],
      [0.86, color, 0.42],
      [1, color, 0],
    ]),
  ),
  radial('haze', [
    [0, '#ff5fa2', 0.4],
    [1, '#ff5fa2', 0],
  ]),
  radial('haze-cyan', [
    [0, '#37d0ff', 0.3],
    [1, '#37d0ff', 0],
  ]),
  linear(
    'skin',
    [
      [0, '#8a4a58'],
      [0.5, '#b8705f'],
      [1, '#d68d6c'],
    ],
    [0, 0.2, 1, 0],
  ),
  linear(
    'hair',
    [
      [0, '#2a1650'],
      [0.45, HAIR],
      [1, '#15193f'],
    ],
    [0, 0, 1, 0],
  ),
  linear(
    'jacket',
    [
      [0, '#5a2a86'],
      [0.5, '#31246f'],
      [1, '#1e3a86'],
    ],
    [0, 0, 1, 0.3],
  ),
  linear(
    'hoodie',
    [
      [0, '#c23a7c'],
      [1, '#ff8a5c'],
    ],
    [0, 0, 1, 0],
  ),
  linear('shell', [
    [0, '#fdf0ff'],
    [1, '#b9b3e6'],
  ]),
  linear(
    'passing',
    [
      [0, '#ffc66b', 0],
      [0.5, '#ffd9a0', 0.6],
      [1, '#ffc66b', 0],
    ],
    [0, 0, 1, 0],
  ),
  radial('blush', [
    [0, '#ff5f7c', 0.5],
    [1, '#ff5f7c', 0],
  ]),
  linear('frame', [
    [0, '#0f0b2c'],
    [1, '#1a1242'],
  ]),
  shadow('lift', '#08051f', 0.5),
];

const FACE = blob(
  [56, -96],
  [69, -62],
  [68, -32],
  [61, -14],
  [67, 6],
  [69, 28],
  [62, 60],
  [52, 90],
  [34, 110],
  [12, 113],
  [-14, 102],
  [-50, 76],
  [-76, 40],
  [-86, -10],
  [-84, -70],
  [-50, -112],
  [10, -118],
);

/** @param {number} t */
export function nell(t) {
  // Four nods in a loop, each quick going down and slow coming up.
  const beat = cycle(t, 4);
  const nod = 0.5 - 0.5 * Math.cos(TURN * beat ** 0.8);
  const lean = sway(t, 1) * 1.4;
  const pose = placed(364 + lean * 2, 304 + nod * 7, 4 + nod * 2.2 + lean, 1.14);
  return picture(
    SIZE,
    SIZE,
    DEFINITIONS,
    city(t),
    glass(t),
    group(pose, backHair(t)),
    group(`transform="translate(0 ${(nod * 2).toFixed(2)})"`, jacket()),
    group(pose, head(t)),
    group(`transform="translate(0 ${(nod * 2).toFixed(2)})"`, collar()),
    group(pose, headphones(beat)),
  );
}

/** Lights out of focus, going by at the pace of their distance. @param {number} t */
function city(t) {
  const lights = Array.from({ length: 26 }, (_, k) => {
    const laps = 1 + (k % 2);
    const x = SIZE + 120 - cycle(t, laps, scatter(k)) * (SIZE + 240);
    const r = 18 + laps * 14 + scatter(k, 2) * 26;
    return circle(
      x,
      60 + scatter(k, 1) * 470,
      r,
      `url(#${['pink', 'cyan', 'amber', 'cyan', 'pink'][k % 5]})`,
      `opacity="${(0.35 + 0.4 * scatter(k, 3)).toFixed(2)}"`,
    );
  });
  const towers = Array.from({ length: 8 }, (_, k) => {
    const top = 250 + scatter(k, 12) * 170;
    return rect(k * 96 - 20, top, 88, SIZE, '#120d33', 'opacity="0.55"');
  });
  return [
    rect(0, 0, SIZE, SIZE, 'url(#night)'),
    ...towers,
    ellipse(80, 470, 330, 260, 'url(#haze)'),
    ellipse(660, 420, 300, 260, 'url(#haze-cyan)'),
    ...lights,
  ].join('');
}

/** Drops on the window, the window's frame, and a rail to hold. @param {number} t */
function glass(t) {
  const drops = Array.from({ length: 30 }, (_, k) => {
    const [x, y, r] = [scatter(k, 21) * SIZE, scatter(k, 22) * 600, 2.4 + scatter(k, 23) * 3.4];
    return (
      ellipse(x, y, r, r * 1.25, '#cfe4ff', 'opacity="0.3"') +
      circle(x - r * 0.3, y - r * 0.4, r * 0.36, '#ffffff', 'opacity="0.7"')
    );
  });
  const runs = Array.from({ length: 9 }, (_, k) => {
    const share = cycle(t, 1, scatter(k, 31));
    const x = scatter(k, 32) * SIZE;
    const y = share * 760 - 40;
    const shown = fadeEnds(share, 0.12).toFixed(2);
    return (
      line(
        curve([x + 3, y - 90], [x - 2, y - 44], [x, y]),
        '#cfe4ff',
        2.4,
        `opacity="${(0.28 * Number(shown)).toFixed(3)}"`,
      ) + ellipse(x, y, 4.4, 6, '#e6f1ff', `opacity="${(0.6 * Number(shown)).toFixed(3)}"`)
    );
  });
  return [
    ...drops,
    ...runs,
    rect(-20, -20, SIZE + 40, 52, 'url(#frame)'),
    rect(-20, 28, SIZE + 40, 4, '#5a3f9c'),
    rect(650, -20, 24, 760, '#e0962f'),
    rect(666, -20, 8, 760, '#8a4c1c'),
    rect(653, -20, 4, 760, '#ffe0a0'),
  ].join('');
}

/** @param {number} t */
function backHair(t) {
  const swing = sway(t, 4, 0.12) * 3;
  const bob = blob(
    [-30, -150],
    [-84, -112],
    [-116, -60],
    [-140, 30],
    [-140 + swing, 96],
    [-122 + swing, 134],
    [-122 + swing, 134],
    [-96 + swing, 124],
    [-60, 132],
    [-30 + swing, 124],
    [20, 126],
    [64 + swing, 124],
    [84 + swing, 112],
    [84 + swing, 112],
    [90, 50],
    [84, -40],
    [56, -130],
  );
  return [
    path(bob, '#120d2e'),
    clip('hair-left', rect(-200, -110, 110, 260, '#000')),
    clip('hair-right', rect(62, -60, 90, 190, '#000')),
    line(bob, '#ff5fa2', 6, 'clip-path="url(#hair-left)" opacity="0.9"'),
    line(bob, '#4fc8f5', 5, 'clip-path="url(#hair-right)" opacity="0.7"'),
    line(curve([-116, -30], [-122, 30], [-112 + swing, 110]), '#4b2b86', 4),
    line(curve([-98, 60], [-98, 90], [-90 + swing, 118]), '#4b2b86', 4, 'opacity="0.8"'),
  ].join('');
}

function jacket() {
  const body = blob(
    [20, 760],
    [56, 684],
    [112, 616],
    [210, 566],
    [300, 536],
    [366, 530],
    [440, 538],
    [536, 566],
    [616, 620],
    [668, 688],
    [700, 760],
    [716, 820],
    [360, 840],
    [4, 820],
  );
  return group(
    'filter="url(#lift)"',
    path(body, 'url(#jacket)'),
    clip('jacket-edge', path(body, '#000')),
    group(
      'clip-path="url(#jacket-edge)"',
      path(
        blob([-20, 800], [30, 680], [150, 590], [250, 550], [190, 660], [180, 800]),
        '#ff4f9a',
        'opacity="0.22"',
      ),
      path(
        blob([540, 800], [560, 680], [500, 580], [560, 560], [660, 650], [740, 800]),
        '#120d33',
        'opacity="0.4"',
      ),
      line(curve([176, 630], [160, 690], [168, 780]), '#150f3a', 5, 'opacity="0.7"'),
      line(curve([566, 636], [582, 690], [574, 780]), '#150f3a', 5, 'opacity="0.7"'),
      line(body, '#ff6fb0', 9, 'clip-path="url(#left-half)" opacity="0.85"'),
      line(body, '#5fdcff', 9, 'clip-path="url(#right-half)" opacity="0.85"'),
      line('M368 570 V780', '#0f0b2c', 10),
      line('M368 570 V780', '#e8c7ff', 3, 'stroke-dasharray="2 7"'),
    ),
    clip('left-half', rect(-40, 500, 300, 300, '#000')),
    clip('right-half', rect(474, 500, 300, 300, '#000')),
  );
}

/** @param {number} t */
function head(t) {
  const crown = blob(
    [70, -40],
    [70, -40],
    [80, -92],
    [64, -138],
    [16, -164],
    [-46, -158],
    [-98, -120],
    [-122, -56],
    [-126, 20],
    [-112, 84],
    [-92, 98],
    [-92, 98],
    [-82, 50],
    [-82, 0],
    [-66, -20],
    [-66, -20],
    [-58, -42],
    [-58, -42],
    [-34, -34],
    [4, -40],
    [44, -56],
    [44, -56],
    [60, -62],
  );
  const pass = cycle(t, 2, 0.2);
  return [
    path(blob([-46, 60], [-50, 120], [-58, 200], [62, 200], [48, 130], [44, 84]), '#82465a'),
    path(blob([-46, 70], [-38, 110], [0, 130], [46, 116], [46, 84], [0, 60]), '#4a2443', 'opacity="0.85"'),
    path(FACE, 'url(#skin)'),
    clip('face-edge', path(FACE, '#000')),
    group(
      'clip-path="url(#face-edge)"',
      path(
        blob([-100, -120], [-46, -100], [-42, -40], [-54, 10], [-32, 46], [-20, 84], [8, 124], [-100, 124]),
        SHADE,
        'opacity="0.55"',
      ),
      path(
        blob([-96, -120], [80, -120], [72, -44], [40, -44], [0, -28], [-44, -22], [-70, 0], [-100, 0]),
        SHADE,
        'opacity="0.6"',
      ),
      ellipse(-26, 34, 34, 26, 'url(#blush)'),
      ellipse(60, 32, 22, 24, 'url(#blush)'),
      rect(220 - pass * 520, -140, 150, 300, 'url(#passing)', 'transform="skewX(-12)"'),
    ),
    // Closed eyes, at peace.
    path(
      blob([-36, 0], [-36, 0], [-24, -14], [-2, -14], [8, 0], [8, 0], [-14, 10]),
      '#8e4d58',
      'opacity="0.75"',
    ),
    path(
      blob([34, 0], [34, 0], [44, -12], [56, -10], [62, -2], [62, -2], [48, 8]),
      '#8e4d58',
      'opacity="0.7"',
    ),
    line(curve([-37, -2], [-24, 8], [-8, 9], [8, 1]), '#1d1030', 4.4),
    line(curve([35, 1], [46, 8], [56, 6], [63, -1]), '#1d1030', 4.4),
    path(blob([-42, -26], [-42, -26], [-18, -38], [10, -34], [10, -34], [10, -28], [-14, -31]), '#1d1030'),
    path(blob([37, -34], [37, -34], [52, -38], [65, -29], [65, -29], [54, -32], [38, -28]), '#1d1030'),
    path(
      blob([24, -20], [24, -20], [20, 4], [11, 27], [11, 27], [22, 36], [34, 33], [34, 33], [27, 10]),
      SHADE,
      'opacity="0.55"',
    ),
    line(curve([31, -12], [35, 6], [42, 22]), '#ffc79a', 4, 'opacity="0.75"'),
    line(curve([13, 32], [26, 38], [40, 34]), '#5f2a38', 4),
    path(blob([-2, 64], [-2, 64], [14, 59], [26, 61], [35, 58], [50, 62], [50, 62], [28, 68]), '#8a2c4e'),
    path(blob([-2, 64], [-2, 64], [28, 67], [50, 62], [50, 62], [42, 74], [26, 77], [10, 73]), '#c94f6c'),
    line(curve([-8, 59], [-1, 65], [28, 68], [51, 62], [55, 57]), '#4f1734', 3),
    line(curve([14, 76], [26, 79], [36, 76]), '#ff9aa2', 2.4, 'opacity="0.6"'),
    // Neon: cyan along the far contour.
    line(
      curve([67, -36], [60, -14], [66, 6], [68, 28], [61, 60], [51, 90], [34, 108]),
      '#6fe3ff',
      4.5,
      'opacity="0.85"',
    ),
    path(crown, 'url(#hair)'),
    // The fringe, cut straight, one lock astray.
    path(
      ribbon(
        windblown([30, -120], [64, -24], { t, swing: 5, turns: 4, phase: 0.1, points: 6 }),
        share => 30 * (1 - share) + 3,
      ),
      HAIR,
    ),
    path(
      ribbon(
        windblown([-46, -90], [-86, 112], { t, swing: 7, sag: 8, turns: 4, phase: 0.2, points: 7 }),
        share => 46 * (1 - share) ** 0.7 + 4,
      ),
      HAIR,
    ),
    line(curve([52, -128], [10, -148], [-44, -142], [-86, -108]), '#4b58c8', 5),
    line(curve([36, -106], [0, -122], [-50, -106], [-88, -66]), '#4b58c8', 4, 'opacity="0.65"'),
    line(curve([74, -64], [78, -96], [62, -134]), '#6fe3ff', 5, 'opacity="0.9"'),
  ].join('');
}

function collar() {
  return [
    path(
      blob(
        [250, 566],
        [262, 500],
        [296, 476],
        [366, 506],
        [432, 474],
        [470, 500],
        [482, 566],
        [430, 604],
        [368, 616],
        [304, 604],
      ),
      'url(#hoodie)',
      'filter="url(#lift)"',
    ),
    path(
      blob([272, 512], [296, 476], [366, 506], [432, 474], [458, 508], [420, 540], [368, 552], [310, 542]),
      '#6d1f58',
    ),
    line(curve([262, 520], [300, 556], [368, 574], [436, 556], [470, 520]), '#ffb08a', 4, 'opacity="0.7"'),
    line(curve([322, 570], [318, 610], [322, 650]), '#ffe6f2', 6),
    line(curve([414, 568], [420, 610], [416, 640]), '#ffe6f2', 6),
  ].join('');
}

/** @param {number} beat */
function headphones(beat) {
  const ring = (1 - beat) ** 1.6;
  return [
    line(
      curve([-88, -14], [-104, -84], [-66, -156], [0, -182], [54, -162], [82, -112], [84, -34]),
      '#0d0926',
      25,
      'opacity="0.35" transform="translate(0 6)"',
    ),
    line(
      curve([-88, -14], [-104, -84], [-66, -156], [0, -182], [54, -162], [82, -112], [84, -34]),
      '#e9e3ff',
      20,
    ),
    line(curve([-94, -30], [-98, -86], [-62, -150], [0, -175], [50, -154]), '#a79fdb', 6),
    line(curve([16, -187], [58, -168], [87, -112], [90, -50]), '#ffffff', 5),
    // The far cup shows its edge only.
    path(blob([74, -46], [88, -50], [98, -20], [94, 20], [78, 28], [68, -8]), '#c9c2f0') +
      line(curve([89, -46], [97, -18], [93, 18]), '#7fe6ff', 4),
    group(
      placed(-92, 6, -4),
      ellipse(10, 0, 36, 52, '#191238'),
      ellipse(0, 0, 38, 54, 'url(#shell)', 'filter="url(#lift)"'),
      ellipse(-3, 0, 27, 41, '#2a1d60'),
      ellipse(
        -3,
        0,
        27,
        41,
        'none',
        `stroke="#ff5fa2" stroke-width="${(4 + 4 * ring).toFixed(2)}" opacity="${(0.5 + 0.5 * ring).toFixed(3)}"`,
      ),
      ellipse(
        -3,
        0,
        27 + 34 * beat,
        41 + 34 * beat,
        'none',
        `stroke="#ff8fc0" stroke-width="3" opacity="${(0.55 * (1 - beat) ** 2).toFixed(3)}"`,
      ),
      // Three bars that play.
      ...[-12, -3, 6].map((x, k) => {
        const tall = 10 + 14 * Math.abs(Math.sin(Math.PI * (beat + k * 0.3)));
        return rect(x - 2.6, -tall / 2, 5.2, tall, '#ffd0e4', 'rx="2.6"');
      }),
    ),
  ].join('');
}
