/** A network that turns pictures into the vectors which quality scores compare. */
export interface PictureNetwork {
  /** Length of a feature vector. */
  readonly size: number
  /**
   * Features of pictures of one size, computed a few at a time so that memory stays flat.
   *
   * @param pictures [count, height, width, channels], 0…255
   * @param channels 1 (gray) or 3
   * @returns [count, size]
   */
  features(
    pictures: Uint8Array | Float32Array,
    count: number,
    height: number,
    width: number,
    channels: number
  ): Promise<Float32Array>
  dispose(): void
}
