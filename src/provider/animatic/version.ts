/** Part of every animatic clip's key: raise it when the drawing changes, so that old clips are drawn again. */
export const ANIMATIC_VERSION = '1';
