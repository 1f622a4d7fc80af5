import type * as tf from '@tensorflow/tfjs'
import { geometryOf, type ConvolutionKernelAttributes, type Shape4D } from './convolution-geometry.ts'
import { replaceKernel, type KernelCall } from './kernel-registry.ts'
import {
  declarations,
  integers,
  runFlat,
  sizeOf,
  type GpuProgram,
  type Uniform,
  type WebgpuBackend
} from './webgpu-program.ts'
import { sumRows } from './webgpu-sum.ts'

type InputGradient = ConvolutionKernelAttributes & { readonly inputShape: Shape4D }
type FilterGradient = ConvolutionKernelAttributes & { readonly filterShape: Shape4D }
type Geometry = tf.backend_util.Conv2DInfo

/** A workgroup of 8 × 8 threads makes a tile of 32 × 32 results, each thread 4 × 4 of them. */
const tile = 32
/** Terms of the sums that are held beside the threads at a time. */
const depth = 16
/** So many workgroups keep a large card busy. */
const wantedWorkgroups = 1024
/** Every device takes as many workgroups along an axis. */
const mostAlongAxis = 32_768

/**
 * The backward convolutions as tiled matrix products. Those of tfjs 4.22 compute each result by one thread that reads
 * everything from the card's memory, and the filter gradient by few and long-running ones: a card is used to a
 * hundredth, and a driver takes one that runs for seconds for dead.
 */
export function registerWebgpuConvolutions(): void {
  replaceKernel('Conv2DBackpropInput', 'webgpu', (call: KernelCall<'dy' | 'filter', InputGradient, WebgpuBackend>) => {
    const { inputs, attrs, backend } = call
    const geometry = geometryOf(attrs, attrs.inputShape, inputs.filter.shape as Shape4D) // kernels have rank 4
    return runTiled(backend, inputGradient(geometry), [inputs.dy, inputs.filter])
  })
  replaceKernel('Conv2DBackpropFilter', 'webgpu', (call: KernelCall<'x' | 'dy', FilterGradient, WebgpuBackend>) => {
    const { inputs, attrs, backend } = call
    const geometry = geometryOf(attrs, inputs.x.shape as Shape4D, attrs.filterShape) // images have rank 4
    const parts = runTiled(backend, filterGradient(geometry), [inputs.x, inputs.dy])
    const sum = sumRows(backend, parts, geometry.filterShape)
    backend.disposeData(parts.dataId)
    return sum
  })
}

interface TiledProgram {
  readonly name: string
  readonly shape: number[]
  readonly inputs: string[]
  readonly uniforms: Record<string, Uniform>
  readonly dispatch: [number, number, number]
  readonly code: string
}

/**
 * dx[h, w, i] = Σ dy[u, v, o]·W[a, b, i, o] over the taps with h + pad = stride·u + a, and so for w. The pixels are taken
 * in phases, which a tap reaches all or none: no product with an inserted zero. A tile has 32 pixels of one phase and
 * 32 channels.
 */
function inputGradient(geometry: Geometry): TiledProgram {
  const stride = geometry.strideHeight
  const phaseRows = Math.ceil(geometry.inHeight / stride)
  const phaseColumns = Math.ceil(geometry.inWidth / stride)
  const pixels = geometry.batchSize * phaseRows * phaseColumns
  const tiles = Math.ceil(pixels / tile)
  const layers = Math.ceil(tiles / mostAlongAxis)
  return {
    name: 'inputGradient',
    shape: geometry.inShape,
    inputs: ['dy', 'W'],
    uniforms: integers({ ...sizesOf(geometry), phaseRows, phaseColumns, pixels, layers, along: mostAlongAxis }),
    dispatch: [Math.ceil(geometry.inChannels / tile), Math.min(tiles, mostAlongAxis), layers * stride * stride],
    code: inputGradientCode
  }
}

/**
 * dW[a, b, i, o] = Σ x[stride·u + a − pad, …, i]·dy[u, v, o] over the pixels of dy. A tile has 32 × 32 pairs of channels
 * of one tap; the pixels are shared out among several tiles, whose results are still to be summed.
 *
 * @returns a program with a result [shares, kh, kw, in, out]
 */
function filterGradient(geometry: Geometry): TiledProgram {
  const { filterHeight, filterWidth, inChannels, outChannels, batchSize, outHeight, outWidth } = geometry
  const taps = filterHeight * filterWidth
  const pixels = batchSize * outHeight * outWidth
  const tiles = [Math.ceil(outChannels / tile), Math.ceil(inChannels / tile)] as const
  const wanted = Math.ceil(wantedWorkgroups / (taps * tiles[0] * tiles[1]))
  const steps = Math.ceil(pixels / depth)
  const stepsPerShare = Math.ceil(steps / Math.min(wanted, Math.ceil(steps / 16)))
  const shares = Math.ceil(steps / stepsPerShare)
  return {
    name: 'filterGradient',
    shape: [shares, ...geometry.filterShape],
    inputs: ['x', 'dy'],
    uniforms: integers({ ...sizesOf(geometry), pixels, stepsPerShare }),
    dispatch: [...tiles, taps * shares],
    code: filterGradientCode
  }
}

function sizesOf(geometry: Geometry) {
  return {
    height: geometry.inHeight,
    width: geometry.inWidth,
    inputs: geometry.inChannels,
    rows: geometry.outHeight,
    columns: geometry.outWidth,
    outputs: geometry.outChannels,
    kernelHeight: geometry.filterHeight,
    kernelWidth: geometry.filterWidth,
    stride: geometry.strideHeight,
    top: geometry.padInfo.top,
    left: geometry.padInfo.left
  }
}

function runTiled(backend: WebgpuBackend, given: TiledProgram, tensors: tf.TensorInfo[]): tf.TensorInfo {
  const program: GpuProgram = {
    outputShape: [sizeOf(given.shape)],
    dispatchLayout: { x: [0], y: [0], z: [0] }, // tells tfjs that the three axes are used as they are
    dispatch: given.dispatch,
    workgroupSize: [8, 8, 1],
    variableNames: given.inputs,
    uniforms: declarations(given.uniforms),
    shaderKey: `cytoloom_${given.name}`,
    size: false,
    outputComponent: 1,
    getUserCode: () => given.code
  }
  return runFlat(backend, program, { tensors, uniforms: given.uniforms, shape: given.shape })
}

/** The sums of one thread: the terms of `depth` pairs from the two tiles, which all 64 threads have filled. */
const multiplyTiles = `
      workgroupBarrier();
      for (var k = 0; k < ${depth}; k++) {
        let a = vec4<f32>(left[k][4 * y], left[k][4 * y + 1], left[k][4 * y + 2], left[k][4 * y + 3]);
        let b = vec4<f32>(right[k][4 * x4], right[k][4 * x4 + 1], right[k][4 * x4 + 2], right[k][4 * x4 + 3]);
        for (var i = 0; i < 4; i++) { sums[i] += a[i] * b; }
      }
      workgroupBarrier();`

const tileDeclarations = `
  var<workgroup> left : array<array<f32, ${tile}>, ${depth}>;
  var<workgroup> right : array<array<f32, ${tile}>, ${depth}>;`

const inputGradientCode = `${tileDeclarations}
  fn main() {
    let x4 = i32(localId.x);
    let y = i32(localId.y);
    let phase = i32(workgroupId.z) / uniforms.layers;
    let layer = i32(workgroupId.z) % uniforms.layers;
    let firstPixel = (layer * uniforms.along + i32(workgroupId.y)) * ${tile};
    let firstInput = i32(workgroupId.x) * ${tile};
    let phaseRow = phase / uniforms.stride;
    let phaseColumn = phase % uniforms.stride;
    var sums : array<vec4<f32>, 4>;

    for (var tapRow = 0; tapRow < uniforms.kernelHeight; tapRow += uniforms.stride) {
    for (var tapColumn = 0; tapColumn < uniforms.kernelWidth; tapColumn += uniforms.stride) {
    for (var output = 0; output < uniforms.outputs; output += ${depth}) {
      let a = tapRow + (phaseRow + uniforms.top) % uniforms.stride;
      let b = tapColumn + (phaseColumn + uniforms.left) % uniforms.stride;
      let reaches = a < uniforms.kernelHeight && b < uniforms.kernelWidth;
      for (var i = i32(localIndex); i < ${tile * depth}; i += 64) {
        let k = i % ${depth};
        let j = i / ${depth};
        let pixel = firstPixel + j;
        let column = pixel % uniforms.phaseColumns;
        let row = (pixel / uniforms.phaseColumns) % uniforms.phaseRows;
        let image = pixel / (uniforms.phaseColumns * uniforms.phaseRows);
        let up = phaseRow + uniforms.stride * row + uniforms.top - a;
        let across = phaseColumn + uniforms.stride * column + uniforms.left - b;
        let u = up / uniforms.stride;
        let v = across / uniforms.stride;
        let isOutput = reaches && output + k < uniforms.outputs;
        var term = 0.0;
        if (isOutput && pixel < uniforms.pixels && up >= 0 && across >= 0 && u < uniforms.rows && v < uniforms.columns) {
          term = dy[((image * uniforms.rows + u) * uniforms.columns + v) * uniforms.outputs + output + k];
        }
        left[k][j] = term;
        var weight = 0.0;
        if (isOutput && firstInput + j < uniforms.inputs) {
          weight = W[((a * uniforms.kernelWidth + b) * uniforms.inputs + firstInput + j) * uniforms.outputs + output + k];
        }
        right[k][j] = weight;
      }
      ${multiplyTiles}
    } } }

    for (var i = 0; i < 4; i++) {
      let pixel = firstPixel + 4 * y + i;
      let h = phaseRow + uniforms.stride * ((pixel / uniforms.phaseColumns) % uniforms.phaseRows);
      let w = phaseColumn + uniforms.stride * (pixel % uniforms.phaseColumns);
      let image = pixel / (uniforms.phaseColumns * uniforms.phaseRows);
      if (pixel >= uniforms.pixels || h >= uniforms.height || w >= uniforms.width) { continue; }
      for (var j = 0; j < 4; j++) {
        let channel = firstInput + 4 * x4 + j;
        if (channel >= uniforms.inputs) { continue; }
        result[((image * uniforms.height + h) * uniforms.width + w) * uniforms.inputs + channel] = sums[i][j];
      }
    }
  }`

const filterGradientCode = `${tileDeclarations}
  fn main() {
    let x4 = i32(localId.x);
    let y = i32(localId.y);
    let taps = uniforms.kernelHeight * uniforms.kernelWidth;
    let tap = i32(workgroupId.z) % taps;
    let share = i32(workgroupId.z) / taps;
    let firstInput = i32(workgroupId.y) * ${tile};
    let firstOutput = i32(workgroupId.x) * ${tile};
    var sums : array<vec4<f32>, 4>;

    for (var step = 0; step < uniforms.stepsPerShare; step++) {
      for (var i = i32(localIndex); i < ${tile * depth}; i += 64) {
        let j = i % ${tile};
        let k = i / ${tile};
        let pixel = (share * uniforms.stepsPerShare + step) * ${depth} + k;
        let column = pixel % uniforms.columns;
        let row = (pixel / uniforms.columns) % uniforms.rows;
        let image = pixel / (uniforms.columns * uniforms.rows);
        let h = uniforms.stride * row + tap / uniforms.kernelWidth - uniforms.top;
        let w = uniforms.stride * column + tap % uniforms.kernelWidth - uniforms.left;
        let isInside = pixel < uniforms.pixels && h >= 0 && h < uniforms.height && w >= 0 && w < uniforms.width;
        var value = 0.0;
        if (isInside && firstInput + j < uniforms.inputs) {
          value = x[((image * uniforms.height + h) * uniforms.width + w) * uniforms.inputs + firstInput + j];
        }
        left[k][j] = value;
        var upstream = 0.0;
        if (pixel < uniforms.pixels && firstOutput + j < uniforms.outputs) {
          upstream = dy[pixel * uniforms.outputs + firstOutput + j];
        }
        right[k][j] = upstream;
      }
      ${multiplyTiles}
    }

    for (var i = 0; i < 4; i++) {
      let input = firstInput + 4 * y + i;
      if (input >= uniforms.inputs) { continue; }
      for (var j = 0; j < 4; j++) {
        let output = firstOutput + 4 * x4 + j;
        if (output >= uniforms.outputs) { continue; }
        result[((share * taps + tap) * uniforms.inputs + input) * uniforms.outputs + output] = sums[i][j];
      }
    }
  }`
