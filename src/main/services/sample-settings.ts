/** How the bundled sample is run: sized so that two processor cores learn as much as they can in the time. */
export const sampleSettings = {
  minutes: 4,
  picturesPerClass: 12
} as const
