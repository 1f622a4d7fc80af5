import { type PictureNetwork } from '../../src/main/engine/networks/picture-network.ts'

const cells = 8

/** Sees of a picture its means over 8 × 8 fields, channel by channel: enough to tell where something bright is. */
export const smallEye: PictureNetwork = {
  size: 3 * cells * cells,
  features(pictures, count, height, width, channels) {
    const features = new Float32Array(count * smallEye.size)
    const share = (cells * cells) / (height * width)
    for (let i = 0; i < pictures.length; i++) {
      const [pixel, channel] = [Math.floor(i / channels), i % channels]
      const [n, y, x] = [Math.floor(pixel / (height * width)), Math.floor(pixel / width) % height, pixel % width]
      const field = Math.floor((cells * y) / height) * cells + Math.floor((cells * x) / width)
      const at = n * smallEye.size + 3 * field + channel
      features[at] = (features[at] ?? 0) + (share * (pictures[i] ?? 0)) / 255
    }
    return Promise.resolve(features)
  },
  dispose: () => undefined
}
