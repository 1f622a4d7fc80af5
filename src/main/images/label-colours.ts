/** Red, green, blue, 0…255. */
export type Colour = readonly [number, number, number]

/** Seven hues that people with any kind of colour vision tell apart (Okabe and Ito 2008), without black. */
const hues: readonly Colour[] = [
  [230, 159, 0],
  [86, 180, 233],
  [0, 158, 115],
  [240, 228, 66],
  [0, 114, 178],
  [213, 94, 0],
  [204, 121, 167]
]

/** How much of white is mixed in, per round through the hues. */
const rounds = [0, 0.45, 0.2]

/** The colour of an object by its number; numbers that follow each other differ in hue. */
export function labelColour(label: number): Colour {
  const index = (label - 1) % (hues.length * rounds.length)
  const hue = hues[index % hues.length] ?? [255, 255, 255]
  const white = rounds[Math.floor(index / hues.length)] ?? 0
  const mix = (value: number) => Math.round(value + (255 - value) * white)
  return [mix(hue[0]), mix(hue[1]), mix(hue[2])]
}

/** A label image in colours, on black: RGB, interleaved. */
export function drawLabels(labels: Uint8Array | Uint16Array | Uint32Array | Int32Array): Uint8Array {
  const rgb = new Uint8Array(labels.length * 3)
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] ?? 0
    if (label !== 0) rgb.set(labelColour(label), 3 * i)
  }
  return rgb
}
