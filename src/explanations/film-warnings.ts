/** What should be looked at in a finished film; with --strict it fails. */
export const FILM_WARNINGS = {
  black: {
    means: 'the picture of a shot is black for half a second or longer',
    mend: 'Look at the clip. `trim` leaves the black part out; another take, or another prompt, may do without.',
  },
  frozen: {
    means: 'nothing moves in a shot for two seconds or longer, a `hold` left aside',
    mend: 'Look at the clip. `trim` leaves the still part out; another take may move.',
  },
  damaged: {
    means: 'the file of a clip is damaged: its end is missing, or parts of it cannot be decoded',
    mend: 'Copy the file again from where it came. If there is no other, `trim` may leave the damaged part out.',
  },
  silent: {
    means: 'the sound of a clip is silence throughout',
    mend: 'If that is meant, say `mute: true`.',
  },
  clipped: {
    means: 'the sound of a clip, or of the whole film, is distorted: it is cut off at full scale',
    mend: 'Lower `gain`: what is loud together, a clip, a voice and music, is cut off though each alone is not. A `loudness` leaves room for it. If a clip came so, pick another take, or `mute` it and add a `voice`.',
  },
  'loudness-missed': {
    means: 'what was made is more than 0.5 LU louder or softer than the `loudness` that was asked for',
    mend: 'Its peaks are far above the rest, as in applause or single hits: they leave no room to make it louder. Lower the `gain` of what has them, or ask for a softer `loudness`.',
  },
  'wrong-length': {
    means: 'a clip has another length than was ordered',
    mend: 'The cut uses what there is. Look at it, or pick another take.',
  },
  'wrong-size': {
    means: 'a clip has another shape than was ordered, or fewer pixels',
    mend: 'The cut fits it into the picture. Look at it, or pick another take.',
  },
};
