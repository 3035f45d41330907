/**
 * How films and what is kept for them are made. Raise one when what is made of the same things has other bytes: what is
 * kept is then made anew, and so is every film.
 */

/** The encoding of a piece of picture, and what leads to it. */
export const SEGMENT_VERSION = 11;
/** What drawn text looks like. */
export const DRAWING_VERSION = 4;
/** Of one file as PCM, at its speed. */
export const SOUND_VERSION = 7;
/** The mix with its gains and fades, and the file that it is packed into. */
export const FILM_SOUND_VERSION = 8;
/** Its packets. */
export const AAC_VERSION = 3;

export const ALL_VERSIONS: readonly number[] = [
  ...[SEGMENT_VERSION, DRAWING_VERSION],
  ...[SOUND_VERSION, FILM_SOUND_VERSION, AAC_VERSION],
];
