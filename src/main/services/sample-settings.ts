/** How the bundled sample is run: sized so that two processor cores learn as much as they can in the time. */
export const sampleSettings = {
  /** Side of the tiles in pixels, after scaling. */
  tile: 32,
  scale: 0.5,
  minutes: 4.5,
  evaluationPictures: 240,
  picturesPerClass: 12
} as const
