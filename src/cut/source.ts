/** A file that something is made of. */
export interface Source {
  readonly path: string;
  /** Digest of whatever makes its bytes what they are: equal identities have equal bytes. */
  readonly identity: string;
  /** Of a file of the author's, as it was when it was digested; absent where none but we write to it. */
  readonly stamp?: string;
}
