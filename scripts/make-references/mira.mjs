// Mira, a salt trader, who looks into the wind and the low sun: grey coat, rust scarf.
import { blob, curve, ribbon, water, windblown } from './curves.mjs';
import { eye } from './face.mjs';
import { cycle, pulse, scatter, sway } from './motion.mjs';
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
const HAIR = '#2a2a2e';
const HAIR_LIGHT = '#4a4240';
const SKIN = '#d99b72';
const SHADE = '#b4714f';
const INK = '#2b2422';

const DEFINITIONS = [
  linear('sky', [
    [0, '#7fa5a6'],
    [0.45, '#b9c9bd'],
    [0.7, '#ead9b6'],
    [1, '#f3dfb8'],
  ]),
  radial('glow', [
    [0, '#fff1cf', 0.95],
    [0.35, '#fde3b0', 0.55],
    [1, '#f6d7a0', 0],
  ]),
  linear('sea', [
    [0, '#6f9a9b'],
    [1, '#3f6d73'],
  ]),
  linear('near', [
    [0, '#3f6d73'],
    [1, '#274c54'],
  ]),
  linear(
    'coat',
    [
      [0, '#5d686e'],
      [0.5, '#727d82'],
      [1, '#939b9a'],
    ],
    [0, 0.4, 1, 0],
  ),
  linear(
    'skin',
    [
      [0, '#c98a63'],
      [0.55, SKIN],
      [1, '#eab98c'],
    ],
    [0, 0.3, 1, 0],
  ),
  linear(
    'scarf',
    [
      [0, '#9c4226'],
      [0.6, '#bd5831'],
      [1, '#d87a45'],
    ],
    [0, 0.6, 1, 0],
  ),
  linear(
    'tail',
    [
      [0, '#8c3a22'],
      [1, '#bd5831'],
    ],
    [0, 0, 1, 0],
  ),
  linear(
    'hair',
    [
      [0, '#232428'],
      [0.7, HAIR],
      [1, '#453b38'],
    ],
    [0, 0.3, 1, 0],
  ),
  radial('blush', [
    [0, '#d0603f', 0.6],
    [1, '#d0603f', 0],
  ]),
  shadow('lift', '#1a2f36', 0.35),
];

const FACE = blob(
  [60, -96],
  [72, -62],
  [71, -30],
  [64, -12],
  [70, 8],
  [72, 30],
  [64, 62],
  [54, 92],
  [36, 112],
  [14, 116],
  [-12, 104],
  [-50, 76],
  [-76, 40],
  [-86, -10],
  [-84, -70],
  [-50, -112],
  [10, -116],
);

/** @param {number} t */
export function mira(t) {
  const breath = sway(t, 1) * 2.4;
  const turn = sway(t, 1, 0.12);
  const open = 1 - Math.max(pulse(t, 0.3, 0.03), pulse(t, 0.78, 0.03));
  return picture(
    SIZE,
    SIZE,
    DEFINITIONS,
    sky(t),
    group(`transform="translate(0 ${breath.toFixed(2)})"`, tails(t)),
    group(placed(366 + turn * 3, 296 + breath * 0.5, turn * 0.9 - 2, 1.14), locks(t)),
    group(`transform="translate(0 ${breath.toFixed(2)})"`, coat()),
    group(placed(366 + turn * 3, 296 + breath * 0.5, turn * 0.9 - 2, 1.14), head(t, turn, open)),
    group(`transform="translate(0 ${breath.toFixed(2)})"`, wrap()),
  );
}

/** @param {number} t */
function sky(t) {
  const bands = Array.from({ length: 4 }, (_, k) => {
    const x = cycle(t, 0, scatter(k, 2)) * 760 - 60 + sway(t, 1, k * 0.27) * 16;
    const y = 86 + k * 74;
    const w = 150 + scatter(k, 5) * 140;
    return (
      rect(x, y, w, 13, '#f7ecd2', 'rx="6.5" opacity="0.42"') +
      rect(x + w * 0.28, y + 15, w * 0.8, 9, '#f7ecd2', 'rx="4.5" opacity="0.3"')
    );
  });
  const heaps = [
    [20, 66, 46],
    [92, 92, 66],
    [178, 60, 42],
    [650, 74, 54],
  ].map(
    ([x, w, h]) =>
      path(
        `M${x - w} 452 Q${x - w * 0.3} ${452 - h * 0.75} ${x} ${452 - h} Q${x + w * 0.3} ${452 - h * 0.75} ${x + w} 452Z`,
        '#eee3cb',
      ) +
      path(
        `M${x - w} 452 Q${x - w * 0.3} ${452 - h * 0.75} ${x} ${452 - h} Q${x - w * 0.02} ${452 - h * 0.5} ${x + w * 0.1} 452Z`,
        '#a9bdb5',
      ),
  );
  const gleams = Array.from({ length: 10 }, (_, k) =>
    rect(
      560 + (scatter(k, 1) - 0.5) * (60 + k * 14) - 24,
      468 + k * 13,
      30 + scatter(k, 3) * 40,
      4,
      '#ffe9bd',
      `rx="2" opacity="${(0.3 + 0.4 * Math.max(0, sway(t, 1, scatter(k, 6)))).toFixed(2)}"`,
    ),
  );
  return [
    rect(0, 0, SIZE, SIZE, 'url(#sky)'),
    circle(560, 330, 330, 'url(#glow)'),
    ...bands,
    circle(560, 330, 68, '#fff4da'),
    rect(0, 452, SIZE, 20, '#c7c9b4'),
    ...heaps,
    path(water({ width: SIZE, height: SIZE, y: 458, length: 360, swell: 3, t }), 'url(#sea)'),
    ...gleams,
    path(
      water({ width: SIZE, height: SIZE, y: 574, length: 240, swell: 6, t, turns: -1, phase: 0.3 }),
      'url(#near)',
    ),
  ].join('');
}

/** The scarf's two ends, streaming behind her. @param {number} t */
function tails(t) {
  const one = windblown([300, 500], [40, 446], {
    t,
    swing: 34,
    sag: 20,
    turns: 2,
    waves: 1.0,
    phase: 0.4,
    points: 9,
  });
  const two = windblown([300, 512], [96, 562], {
    t,
    swing: 30,
    sag: 14,
    turns: 2,
    waves: 0.9,
    phase: 0.05,
    points: 9,
  });
  const strip = (spine, from, to, fill, phase) => {
    const [end, before] = [spine[spine.length - 1], spine[spine.length - 2]];
    const fringe = Array.from({ length: 6 }, (_, k) => {
      const across = (k / 5 - 0.5) * (to - 8);
      const root = [end[0] + 2, end[1] + across];
      return line(
        curve(
          ...windblown(root, [end[0] * 2 - before[0] + 14, root[1] + (end[1] - before[1]) * 0.8], {
            t,
            swing: 2,
            turns: 2,
            phase: phase - 0.85 + k * 0.03,
            points: 4,
          }),
        ),
        '#e9c48c',
        4,
      );
    });
    return (
      fringe.join('') +
      path(
        ribbon(spine, share => from + (to - from) * share),
        fill,
        'filter="url(#lift)"',
      ) +
      path(
        ribbon(spine.slice(-4, -2), () => to - 8),
        '#e9c48c',
        'opacity="0.8"',
      )
    );
  };
  return strip(two, 40, 56, '#8c3a22', 0.05) + strip(one, 44, 64, 'url(#tail)', 0.4);
}

/** Her hair, which the wind pulls back from her nape in one mass of few large locks. @param {number} t */
function locks(t) {
  const lock = ([x, y], tip, thick, phase, fill, sag = 0) =>
    path(
      ribbon(
        windblown([x, y], tip, { t, swing: 17, sag, turns: 2, phase, waves: 0.75, points: 8 }),
        share => thick * (1 - share * share) * (0.8 + 0.5 * Math.sin(Math.PI * share)) + 0.5,
      ),
      fill,
    );
  return [
    lock([-50, -96], [-196, -74], 66, 0.42, '#202125', -20),
    lock([-10, 66], [-210, 112], 62, 0.0, '#202125', 16),
    lock([-60, -50], [-236, -22], 84, 0.34, HAIR, -24),
    lock([-60, 40], [-246, 66], 78, 0.1, HAIR, 18),
    lock([-60, -4], [-256, 20], 84, 0.22, 'url(#hair)', -6),
    ...[
      [-30, 0.24, -20],
      [4, 0.2, -4],
      [40, 0.12, 12],
    ].map(([y, phase, sag], k) =>
      line(
        curve(
          ...windblown([-96, y - 8], [-206 - k * 8, y + 12], {
            t,
            swing: 14,
            sag,
            turns: 2,
            phase,
            waves: 0.75,
            points: 7,
          }),
        ),
        HAIR_LIGHT,
        3.5,
        'opacity="0.7"',
      ),
    ),
  ].join('');
}

function coat() {
  const body = blob(
    [46, 740],
    [74, 672],
    [128, 606],
    [216, 556],
    [300, 528],
    [366, 520],
    [440, 528],
    [528, 556],
    [604, 604],
    [650, 672],
    [676, 740],
    [700, 800],
    [360, 820],
    [20, 800],
  );
  return group(
    'filter="url(#lift)"',
    // The collar stands up against the wind.
    path(
      blob([230, 570], [230, 570], [238, 500], [268, 440], [268, 440], [320, 470], [350, 530], [340, 590]),
      '#4f5a60',
    ),
    path(
      blob([502, 572], [502, 572], [500, 506], [474, 446], [474, 446], [430, 474], [396, 530], [400, 590]),
      '#8b9494',
    ),
    path(body, 'url(#coat)'),
    clip('coat-edge', path(body, '#000')),
    clip('sunlit', rect(520, 500, 200, 240, '#000')),
    group(
      'clip-path="url(#coat-edge)"',
      path(
        blob([-20, 780], [20, 660], [150, 570], [240, 540], [200, 640], [196, 780]),
        '#465158',
        'opacity="0.5"',
      ),
      // The strap of her satchel.
      path(
        ribbon(
          [
            [520, 520],
            [430, 610],
            [330, 690],
            [250, 770],
          ],
          () => 34,
        ),
        '#6b4228',
      ),
      path(
        ribbon(
          [
            [524, 526],
            [436, 614],
            [336, 696],
            [256, 776],
          ],
          () => 3,
        ),
        '#a9744a',
      ),
      line(body, '#f0dcb4', 9, 'opacity="0.7" clip-path="url(#sunlit)"'),
    ),
    path('M300 540 L366 740 L250 740 L214 628 L250 622 L222 588Z', '#58636a'),
    path('M436 538 L372 740 L468 740 L520 628 L486 622 L514 586Z', '#868f90'),
    line('M300 544 L366 738', '#3d474d', 4, 'opacity="0.7"'),
    line('M514 588 L486 622 L520 628 L484 736', '#c2c2b4', 3, 'opacity="0.7"'),
  );
}

/** @param {number} t @param {number} turn @param {number} open */
function head(t, turn, open) {
  const near = turn * 2.2;
  return [
    // Neck, in the shadow of the jaw.
    path(blob([-48, 60], [-52, 120], [-60, 190], [60, 190], [46, 130], [44, 84]), SHADE),
    path(blob([-48, 70], [-40, 112], [0, 132], [46, 118], [46, 84], [0, 60]), '#8f5339', 'opacity="0.8"'),
    path(FACE, 'url(#skin)'),
    clip('face-edge', path(FACE, '#000')),
    group(
      'clip-path="url(#face-edge)"',
      // Form shadow: the temple, the cheek below its bone, the jaw.
      path(
        blob([-100, -120], [-46, -100], [-40, -40], [-52, 10], [-30, 46], [-18, 84], [10, 124], [-100, 124]),
        SHADE,
        'opacity="0.5"',
      ),
      ellipse(-28 + near, 36, 34, 26, 'url(#blush)'),
      ellipse(64 + near, 34, 20, 24, 'url(#blush)'),
      // Under the fringe.
      path(
        blob([-90, -120], [80, -120], [70, -66], [10, -70], [-50, -46], [-70, 0], [-100, 0]),
        SHADE,
        'opacity="0.55"',
      ),
    ),
    group(
      `transform="translate(${near.toFixed(2)} 0)"`,
      eye('near-eye', {
        x: -14,
        y: -6,
        width: 40,
        height: 15,
        open,
        gaze: 4,
        iris: '#5a3c26',
        lash: INK,
        lid: '#8a4f38',
        slant: -1,
      }),
      eye('far-eye', {
        x: 47,
        y: -6,
        width: 27,
        height: 14,
        open,
        gaze: 3,
        iris: '#5a3c26',
        lash: INK,
        lid: '#8a4f38',
        slant: 1,
      }),
      path(blob([-42, -30], [-42, -30], [-18, -44], [10, -39], [10, -39], [10, -32], [-14, -36]), INK),
      path(blob([37, -39], [37, -39], [53, -43], [66, -33], [66, -33], [54, -36], [38, -32]), INK),
      // The nose is one plane of shadow, and a light on its bridge.
      path(
        blob([24, -26], [24, -26], [22, 0], [12, 26], [12, 26], [22, 36], [34, 33], [34, 33], [28, 10]),
        SHADE,
        'opacity="0.62"',
      ),
      line(curve([32, -16], [36, 4], [42, 20]), '#f6cfa3', 4, 'opacity="0.7"'),
      line(curve([14, 32], [26, 38], [40, 34]), '#8f4c35', 4),
      // Lips: the upper one in shade, the lower one catching the light.
      path(blob([0, 64], [0, 64], [16, 58], [27, 60], [36, 57], [50, 63], [50, 63], [28, 68]), '#9c4438'),
      path(blob([0, 64], [0, 64], [28, 67], [50, 63], [50, 63], [42, 74], [26, 77], [10, 72]), '#bf6450'),
      line(curve([-5, 62], [2, 65], [28, 67], [52, 62]), '#6f2c26', 3),
      line(curve([14, 88], [26, 91], [38, 88]), '#a8674a', 4, 'opacity="0.7"'),
    ),
    // Light along the far contour.
    line(curve([68, -40], [62, -12], [68, 8], [70, 30], [62, 62], [52, 92]), '#ffe3b8', 4, 'opacity="0.6"'),
    // Ear and ring.
    path(blob([-84, -18], [-68, -24], [-58, -8], [-62, 18], [-74, 30], [-84, 14]), '#c4835d'),
    line(curve([-78, -8], [-70, -10], [-68, 4], [-74, 14]), '#96593c', 4),
    // Crown, and a parting that falls to both sides of the brow.
    path(
      blob(
        [73, -50],
        [73, -50],
        [80, -96],
        [62, -136],
        [16, -160],
        [-44, -156],
        [-96, -122],
        [-118, -60],
        [-116, 0],
        [-106, 50],
        [-84, 78],
        [-84, 78],
        [-84, 30],
        [-86, -14],
        [-70, -26],
        [-70, -26],
        [-64, -52],
        [-36, -72],
        [4, -86],
        [42, -108],
        [42, -108],
        [56, -92],
        [65, -72],
      ),
      'url(#hair)',
    ),
    // The side lock, loose in front of the ear.
    path(
      ribbon(
        windblown([-44, -92], [-84, 74], { t, swing: 9, sag: 12, turns: 2, phase: 0.2, points: 7 }),
        share => 40 * (1 - share) ** 0.8 + 2,
      ),
      HAIR,
    ),
    path(
      ribbon(
        windblown([42, -128], [-58, -44], { t, swing: 5, sag: -26, turns: 1, phase: 0.2, points: 7 }),
        share => 30 * (1 - share) ** 0.6 + 3,
      ),
      HAIR,
    ),
    group(
      placed(-66, 34, sway(t, 2, 0.3) * 14 + 10),
      circle(0, 9, 8, 'none', 'stroke="#e0b252" stroke-width="3.5"'),
    ),
    line(curve([56, -128], [14, -150], [-40, -146], [-84, -112]), HAIR_LIGHT, 5),
    line(curve([34, -124], [-10, -132], [-58, -110], [-92, -60]), HAIR_LIGHT, 4, 'opacity="0.8"'),
    line(curve([16, -112], [-34, -96], [-72, -56], [-92, 0]), HAIR_LIGHT, 3.5, 'opacity="0.6"'),
    line(curve([76, -76], [74, -104], [56, -132]), '#8a6a50', 4, 'opacity="0.8"'),
  ].join('');
}

/** The scarf around her neck. */
function wrap() {
  return group(
    'filter="url(#lift)"',
    path(
      blob(
        [270, 470],
        [300, 446],
        [366, 464],
        [430, 440],
        [466, 452],
        [480, 494],
        [456, 534],
        [380, 560],
        [300, 546],
        [262, 512],
      ),
      'url(#scarf)',
    ),
    path(
      blob([270, 470], [300, 446], [366, 464], [430, 440], [466, 452], [440, 470], [366, 488], [300, 476]),
      '#7d3320',
      'opacity="0.75"',
    ),
    line(curve([268, 496], [310, 514], [380, 520], [472, 486]), '#8c3a22', 5),
    line(curve([278, 526], [320, 540], [390, 544], [456, 522]), '#8c3a22', 5, 'opacity="0.8"'),
    line(curve([430, 500], [460, 490], [476, 478]), '#f0a066', 5, 'opacity="0.8"'),
  );
}
