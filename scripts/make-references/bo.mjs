// Bo, a docker in the rain: yellow oilskin, knitted cap, a beard the colour of rope.
import { blob, curve, ribbon, water } from './curves.mjs';
import { eye } from './face.mjs';
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
const INK = '#2a211d';
const SHADE = '#b36d54';
const BEARD = '#b4602f';

const DEFINITIONS = [
  linear('sky', [
    [0, '#557580'],
    [0.55, '#90a8a5'],
    [1, '#d7cdb0'],
  ]),
  radial('glow', [
    [0, '#ffe4ae', 0.75],
    [1, '#f3d7a2', 0],
  ]),
  radial('lamp', [
    [0, '#ffdf9b', 0.9],
    [0.3, '#ffc972', 0.4],
    [1, '#ffc972', 0],
  ]),
  linear(
    'coat',
    [
      [0, '#c98a22'],
      [0.5, '#e9af38'],
      [1, '#f6cb5d'],
    ],
    [0, 0.3, 1, 0],
  ),
  linear(
    'hood',
    [
      [0, '#9c6717'],
      [1, '#d79a2b'],
    ],
    [0, 0, 1, 0],
  ),
  linear(
    'skin',
    [
      [0, '#bd7a5e'],
      [0.5, '#d99877'],
      [1, '#eab592'],
    ],
    [0, 0.3, 1, 0],
  ),
  linear(
    'beard',
    [
      [0, '#8c4522'],
      [0.55, BEARD],
      [1, '#cf7c42'],
    ],
    [0, 0.4, 1, 0],
  ),
  linear(
    'cap',
    [
      [0, '#1f3440'],
      [0.6, '#2d4a57'],
      [1, '#426472'],
    ],
    [0, 0.4, 1, 0],
  ),
  linear('water', [
    [0, '#5c7f83'],
    [1, '#2f525a'],
  ]),
  radial('blush', [
    [0, '#c8523a', 0.6],
    [1, '#c8523a', 0],
  ]),
  radial('breath', [
    [0, '#f6f1e0', 0.7],
    [1, '#f6f1e0', 0],
  ]),
  linear('ground', [
    [0, '#e6d3a8'],
    [1, '#d9bb83'],
  ]),
  shadow('lift', '#14262d', 0.35),
];

const FACE = blob(
  [-62, -100],
  [-76, -62],
  [-77, -34],
  [-70, -14],
  [-78, 10],
  [-80, 36],
  [-70, 70],
  [-56, 100],
  [-30, 122],
  [10, 124],
  [52, 104],
  [84, 62],
  [94, 10],
  [92, -60],
  [60, -110],
  [-10, -118],
);

/** The loop. @param {number} t */
export function bo(t) {
  const open = 0.86 * (1 - Math.max(pulse(t, 0.22, 0.03), pulse(t, 0.66, 0.03)));
  return picture(SIZE, SIZE, DEFINITIONS, quay(t), figure(t, { open, smile: 0 }), breath(t), rain(t));
}

/** The still: Bo as a poster, in better weather and mood. */
export function boStill() {
  const rays = Array.from({ length: 18 }, (_, k) => {
    const angle = (k / 18) * 360;
    return polygon(
      [
        [360, 300],
        [360 + 640, 300 - 56],
        [360 + 640, 300 + 56],
      ],
      '#f3e3bd',
      `transform="rotate(${angle} 360 300)" opacity="0.6"`,
    );
  });
  return picture(
    SIZE,
    SIZE,
    DEFINITIONS,
    rect(0, 0, SIZE, SIZE, 'url(#ground)'),
    ...rays,
    circle(360, 300, 218, '#b9532f'),
    circle(360, 300, 196, '#c8663c'),
    figure(0.1, { open: 0.84, smile: 1 }),
  );
}

/** @param {number} t */
function quay(t) {
  const crane = group(
    placed(96, 470),
    path('M-14 0 L-6 -300 L18 -300 L30 0Z', '#3d5963'),
    path('M-110 -262 L230 -384 L236 -368 L-104 -244Z', '#3d5963'),
    path('M4 -372 L220 -374 L220 -368 L4 -364Z', '#3d5963'),
    path('M4 -300 L10 -374 L18 -300Z', '#3d5963'),
    rect(-122, -268, 40, 40, '#34505a'),
  );
  const town = [
    [380, 62, 74],
    [440, 46, 104],
    [484, 74, 60],
    [556, 52, 90],
    [606, 80, 66],
    [684, 60, 96],
  ].map(
    ([x, w, h], k) =>
      polygon(
        [
          [x, 470],
          [x, 470 - h],
          [x + w / 2, 470 - h - 26],
          [x + w, 470 - h],
          [x + w, 470],
        ],
        k % 2 ? '#6f8b8d' : '#64827f',
      ) +
      rect(
        x + w * 0.3,
        470 - h + 22,
        10,
        15,
        '#ffd98f',
        `opacity="${(0.75 + 0.2 * sway(t, 1, k * 0.3)).toFixed(2)}"`,
      ),
  );
  return [
    rect(0, 0, SIZE, SIZE, 'url(#sky)'),
    circle(600, 400, 330, 'url(#glow)'),
    ...town,
    crane,
    path(water({ width: SIZE, height: SIZE, y: 474, length: 360, swell: 3, t }), 'url(#water)'),
    path(
      water({ width: SIZE, height: SIZE, y: 560, length: 240, swell: 5, t, turns: -1 }),
      '#2f525a',
      'opacity="0.7"',
    ),
    // A lamp on the quay.
    rect(614, 236, 9, 500, '#263e47'),
    circle(618, 214, 120 + sway(t, 2) * 3, 'url(#lamp)'),
    polygon(
      [
        [600, 236],
        [592, 196],
        [618, 178],
        [644, 196],
        [636, 236],
      ],
      '#263e47',
    ),
    polygon(
      [
        [605, 230],
        [600, 200],
        [636, 200],
        [631, 230],
      ],
      '#ffe6ac',
    ),
  ].join('');
}

/** @param {number} t @param {{ open: number, smile: number }} mood */
function figure(t, { open, smile }) {
  const breathing = sway(t, 1, 0.3);
  const turn = sway(t, 1, 0.55);
  const rise = -breathing * 3;
  return [
    group(`transform="translate(0 ${rise.toFixed(2)})"`, hood()),
    group(placed(356 + turn * 3, 288 + rise * 0.6, turn * 0.9 + 1, 1.14), head(turn, open, smile)),
    group(
      `transform="translate(${(-0.004 * 360 * breathing).toFixed(2)} ${rise.toFixed(2)}) scale(${(1 + 0.004 * breathing).toFixed(4)} 1)"`,
      oilskin(),
    ),
    group(placed(356 + turn * 3, 288 + rise * 0.6, turn * 0.9 + 1, 1.14), beard(turn, smile)),
  ].join('');
}

function hood() {
  return path(
    blob([196, 560], [214, 470], [290, 430], [430, 428], [510, 466], [530, 560]),
    'url(#hood)',
    'filter="url(#lift)"',
  );
}

function oilskin() {
  const body = blob(
    [-16, 760],
    [20, 676],
    [90, 600],
    [190, 548],
    [270, 524],
    [360, 540],
    [450, 524],
    [530, 546],
    [634, 598],
    [700, 676],
    [736, 760],
    [750, 820],
    [360, 840],
    [-40, 820],
  );
  const toggle = y =>
    group(
      '',
      line(`M318 ${y} H388`, '#7a4a16', 5),
      rect(326, y - 9, 36, 18, '#6b3d1c', 'rx="9"'),
      rect(330, y - 6, 26, 5, '#a8713c', 'rx="2.5"'),
    );
  return group(
    'filter="url(#lift)"',
    path(body, 'url(#coat)'),
    clip('coat-edge', path(body, '#000')),
    group(
      'clip-path="url(#coat-edge)"',
      path(
        blob([-60, 790], [0, 640], [110, 570], [236, 520], [170, 620], [150, 790]),
        '#a9701a',
        'opacity="0.55"',
      ),
      path(
        ribbon(
          [
            [352, 540],
            [346, 640],
            [350, 760],
          ],
          () => 48,
        ),
        '#d0952a',
      ),
      line('M326 540 L322 760', '#a56d18', 4),
      line(curve([560, 590], [584, 660], [576, 760]), '#b87c1f', 5),
      line(curve([160, 610], [142, 680], [150, 760]), '#8f5d14', 5),
      line(body, '#ffe9ae', 10, 'clip-path="url(#lit)" opacity="0.8"'),
    ),
    clip('lit', rect(500, 480, 240, 260, '#000')),
    toggle(618),
    toggle(688),
    // Collar, standing open.
    path(
      blob(
        [232, 560],
        [232, 560],
        [216, 500],
        [240, 448],
        [240, 448],
        [286, 500],
        [352, 556],
        [352, 556],
        [300, 596],
      ),
      '#b87c1f',
    ),
    path(
      blob(
        [492, 560],
        [492, 560],
        [506, 500],
        [482, 448],
        [482, 448],
        [432, 502],
        [352, 556],
        [352, 556],
        [420, 600],
      ),
      '#f3c353',
    ),
    line(curve([484, 452], [434, 504], [354, 556]), '#ffe6a6', 4),
  );
}

/** @param {number} turn @param {number} open @param {number} smile */
function head(turn, open, smile) {
  const near = turn * 2.2;
  const squeeze = smile * 4;
  return [
    path(blob([-52, 60], [-56, 130], [-70, 210], [70, 210], [62, 130], [56, 60]), '#96543d'),
    path(FACE, 'url(#skin)'),
    clip('face-edge', path(FACE, '#000')),
    group(
      'clip-path="url(#face-edge)"',
      // He faces away from the light: it comes over his shoulder and shapes the cheek.
      path(
        blob([-100, -130], [-30, -130], [-36, -60], [-46, -20], [-58, 20], [-56, 60], [-100, 90]),
        SHADE,
        'opacity="0.4"',
      ),
      path(blob([-110, -130], [110, -130], [104, -52], [0, -46], [-90, -40]), '#8f4f3a', 'opacity="0.55"'),
      ellipse(30 + near, 26 - squeeze, 36, 27, 'url(#blush)'),
      ellipse(-70 + near, 24 - squeeze, 22, 24, 'url(#blush)'),
    ),
    // Ear.
    path(blob([88, -26], [104, -34], [112, -12], [104, 18], [90, 28], [82, 6]), '#d58f6d'),
    line(curve([100, -20], [92, -16], [94, 4], [100, 12]), '#9e5a40', 4),
    group(
      `transform="translate(${near.toFixed(2)} 0)"`,
      eye('near-eye', {
        x: 18,
        y: -12,
        width: 36,
        height: 13,
        open,
        gaze: -3,
        iris: '#4a6a70',
        lash: INK,
        lid: '#8a4a38',
        slant: 1,
      }),
      eye('far-eye', {
        x: -50,
        y: -12,
        width: 26,
        height: 12,
        open,
        gaze: -2,
        iris: '#4a6a70',
        lash: INK,
        lid: '#8a4a38',
        slant: -1,
      }),
      line(curve([2, 4 - squeeze], [18, 8 - squeeze], [34, 2 - squeeze]), '#a86248', 4, 'opacity="0.7"'),
      line(curve([40, -14], [48, -18]), '#a86248', 3.5, 'opacity="0.8"'),
      line(curve([40, -8], [50, -7]), '#a86248', 3.5, 'opacity="0.8"'),
      // Brows like bits of rope.
      path(blob([50, -36], [50, -36], [24, -52], [-4, -44], [-4, -34], [20, -36]), '#9a4d25'),
      path(blob([-32, -44], [-32, -34], [-52, -38], [-70, -30], [-70, -30], [-56, -50]), '#9a4d25'),
      // A nose that has met the wind.
      path(
        blob(
          [-24, -28],
          [-24, -28],
          [-20, 0],
          [-12, 26],
          [-24, 40],
          [-44, 38],
          [-52, 26],
          [-44, 8],
          [-36, -20],
          [-36, -20],
        ),
        '#c97f62',
      ),
      path(
        blob([-22, -24], [-22, -24], [-18, 4], [-12, 26], [-24, 40], [-36, 40], [-28, 22], [-28, 0]),
        '#dfa07e',
      ),
      path(blob([-12, 26], [-24, 40], [-44, 38], [-52, 26], [-44, 34], [-26, 35]), '#a55a42'),
      ellipse(-34, 20, 7, 5, '#f3c4a3', 'opacity="0.8"'),
    ),
    cap(),
  ].join('');
}

function cap() {
  const brim = blob(
    [-92, -52],
    [-96, -84],
    [-86, -104],
    [0, -112],
    [98, -98],
    [112, -78],
    [108, -44],
    [90, -38],
    [10, -56],
    [-80, -44],
  );
  const ribs = Array.from({ length: 9 }, (_, k) => {
    const x = -76 + k * 21;
    const bend = (k - 4) * 2.6;
    return line(
      curve([x + bend, -104 + Math.abs(k - 4) * 1.2], [x, -78], [x - 1, -54 + Math.abs(k - 4) * 0.8]),
      '#16262f',
      3.5,
      'opacity="0.75"',
    );
  });
  return [
    path(
      blob([-86, -86], [-82, -140], [-40, -182], [12, -190], [66, -176], [100, -134], [104, -84], [0, -92]),
      'url(#cap)',
    ),
    line(curve([-44, -108], [-40, -146], [-18, -176]), '#16262f', 3.5, 'opacity="0.5"'),
    line(curve([8, -112], [10, -150], [10, -182]), '#16262f', 3.5, 'opacity="0.5"'),
    line(curve([62, -108], [60, -142], [42, -174]), '#16262f', 3.5, 'opacity="0.5"'),
    line(curve([96, -112], [86, -146], [62, -172]), '#7d9aa2', 4, 'opacity="0.7"'),
    path(brim, 'url(#cap)', 'filter="url(#lift)"'),
    clip('brim', path(brim, '#000')),
    group(
      'clip-path="url(#brim)"',
      ...ribs,
      line(curve([98, -98], [110, -80], [106, -46]), '#8ba7ae', 5, 'opacity="0.8"'),
    ),
  ].join('');
}

/** Over the collar, so it is drawn after the coat. @param {number} turn @param {number} smile */
function beard(turn, smile) {
  const near = turn * 2.2;
  const lift = smile * 7;
  return group(
    `transform="translate(${near.toFixed(2)} 0)"`,
    path(
      blob(
        [92, -22],
        [92, -22],
        [100, 40],
        [92, 96],
        [64, 146],
        [26, 172],
        [-14, 180],
        [-50, 158],
        [-72, 122],
        [-82, 70],
        [-80, 34],
        [-80, 34],
        [-66, 46],
        [-50, 52],
        [-30, 50],
        [0, 48],
        [34, 52 - lift],
        [62, 36 - lift],
        [80, 4],
        [86, -22],
        [86, -22],
      ),
      'url(#beard)',
    ),
    path(
      blob([-82, 70], [-60, 84], [-40, 130], [-14, 180], [-50, 158], [-72, 122]),
      '#7d3b1c',
      'opacity="0.45"',
    ),
    line(curve([78, 50], [72, 96], [48, 138]), '#8c4522', 4, 'opacity="0.7"'),
    line(curve([50, 84], [42, 124], [18, 156]), '#8c4522', 4, 'opacity="0.7"'),
    line(curve([10, 104], [4, 136], [-10, 164]), '#8c4522', 4, 'opacity="0.7"'),
    line(curve([-34, 96], [-34, 122], [-38, 144]), '#8c4522', 4, 'opacity="0.7"'),
    line(curve([92, 40], [88, 90], [62, 136]), '#e79a5c', 4, 'opacity="0.8"'),
    // Mouth, below the moustache.
    smile > 0
      ? path(
          blob([-58, 66], [-58, 66], [-28, 74], [20, 60], [20, 60], [8, 84], [-22, 92], [-46, 84]),
          '#5a2017',
        ) +
          path(
            blob([-52, 67], [-52, 67], [-26, 73], [14, 63], [14, 63], [2, 74], [-26, 80], [-44, 76]),
            '#f4e8d6',
          )
      : path(
          blob([-50, 72], [-50, 72], [-26, 76], [6, 70], [6, 70], [-4, 80], [-26, 84], [-42, 80]),
          '#b86a55',
        ),
    path(
      blob(
        [-28, 42],
        [-28, 42],
        [2, 44],
        [28, 56 - lift],
        [44, 76 - lift * 1.6],
        [44, 76 - lift * 1.6],
        [20, 78 - lift],
        [-8, 74],
        [-28, 66],
        [-28, 66],
        [-46, 76],
        [-64, 76],
        [-78, 72 - lift],
        [-78, 72 - lift],
        [-66, 58],
        [-46, 46],
      ),
      '#c2703a',
    ),
    line(curve([-20, 54], [4, 58], [30, 70 - lift]), '#8c4522', 3.5, 'opacity="0.7"'),
    line(curve([-36, 54], [-52, 62], [-66, 70 - lift]), '#8c4522', 3.5, 'opacity="0.7"'),
  );
}

/** It is cold: his breath drifts off and thins. @param {number} t */
function breath(t) {
  return Array.from({ length: 3 }, (_, k) => {
    const share = cycle(t, 2, k * 0.07);
    if (share > 0.72) return '';
    const age = share / 0.72;
    return ellipse(
      300 - age * 130 - k * 20,
      372 - age * 30 + k * 8,
      26 + age * 46 - k * 4,
      18 + age * 30,
      'url(#breath)',
      `opacity="${(0.6 * fadeEnds(age, 0.35)).toFixed(3)}"`,
    );
  }).join('');
}

/** @param {number} t */
function rain(t) {
  return Array.from({ length: 34 }, (_, k) => {
    const fall = cycle(t, 3 + (k % 3), scatter(k));
    const length = 26 + scatter(k, 2) * 26;
    const x = scatter(k, 1) * 820 - fall * 90;
    const y = fall * (SIZE + 120) - 60;
    return line(
      `M${x.toFixed(1)} ${y.toFixed(1)}l${(-length * 0.11).toFixed(1)} ${length.toFixed(1)}`,
      '#eef3ec',
      2.2,
      `opacity="${0.22 + (k % 3) * 0.1}"`,
    );
  }).join('');
}
