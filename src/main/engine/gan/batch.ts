/** Real samples with their classes, flipped and turned already. */
export interface Batch {
  /** [N, R, R, P] in C order, values in [−1, 1]; the image planes first, then the mask. */
  readonly samples: Float32Array
  readonly labels: Int32Array
  /** Where the masks of `samples` are not all known: as many samples whose masks are, for whatever judges masks. */
  readonly annotated?: Float32Array
}
