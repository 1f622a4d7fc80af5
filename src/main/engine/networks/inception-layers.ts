/** A convolution with its batch normalisation and ReLU. */
export interface InceptionLayer {
  readonly name: string
  /** Height and width. */
  readonly kernel: readonly [number, number]
  readonly outputs: number
  readonly stride: 1 | 2
  readonly padding: 'same' | 'valid'
}

/** What a branch does first, if anything: pools of 3 × 3; the halving one without padding. */
export type InceptionPool = 'average' | 'max' | 'halving max'

/** Layers in a row; `fork` are two that both read what the row gives. */
export interface InceptionBranch {
  readonly pool?: InceptionPool
  readonly layers: readonly InceptionLayer[]
  readonly fork?: readonly [InceptionLayer, InceptionLayer]
}

/** Branches that read the same features; their outputs are joined in this order. */
export interface InceptionBlock {
  /** What precedes the names of its layers in a file of weights. */
  readonly name: string
  readonly branches: readonly InceptionBranch[]
}

/**
 * Inception-v3 as published in TensorFlow's archive of 2015-12-05 (docs/method.md §7.1), up to its last pool. It
 * differs from torchvision's: average pools leave padding out of the mean, and the last block pools by the maximum.
 */
export const inceptionBlocks: readonly InceptionBlock[] = [
  single(valid('Conv2d_1a_3x3', 32, 3, 2)),
  single(valid('Conv2d_2a_3x3', 32, 3)),
  single(same('Conv2d_2b_3x3', 64, 3, 3)),
  { name: '', branches: [{ pool: 'halving max', layers: [] }] },
  single(same('Conv2d_3b_1x1', 80, 1, 1)),
  single(valid('Conv2d_4a_3x3', 192, 3)),
  { name: '', branches: [{ pool: 'halving max', layers: [] }] },
  blockA('Mixed_5b', 32),
  blockA('Mixed_5c', 64),
  blockA('Mixed_5d', 64),
  blockB('Mixed_6a'),
  blockC('Mixed_6b', 128),
  blockC('Mixed_6c', 160),
  blockC('Mixed_6d', 160),
  blockC('Mixed_6e', 192),
  blockD('Mixed_7a'),
  blockE('Mixed_7b', 'average'),
  blockE('Mixed_7c', 'max')
]

/** Outputs of the last block: the length of a feature vector. */
export const inceptionFeatures = 2048

/** The side to which pictures are resized, in pixels. */
export const inceptionSide = 299

function blockA(name: string, pooled: number): InceptionBlock {
  return {
    name,
    branches: [
      { layers: [same('branch1x1', 64, 1, 1)] },
      { layers: [same('branch5x5_1', 48, 1, 1), same('branch5x5_2', 64, 5, 5)] },
      { layers: doubled(3) },
      { pool: 'average', layers: [same('branch_pool', pooled, 1, 1)] }
    ]
  }
}

function blockB(name: string): InceptionBlock {
  return {
    name,
    branches: [
      { layers: [valid('branch3x3', 384, 3, 2)] },
      { layers: [...doubled(2), valid('branch3x3dbl_3', 96, 3, 2)] },
      { pool: 'halving max', layers: [] }
    ]
  }
}

/** The first layers of a branch of two 3 × 3 convolutions. */
function doubled(count: 2 | 3): InceptionLayer[] {
  const layers = [same('branch3x3dbl_1', 64, 1, 1), same('branch3x3dbl_2', 96, 3, 3), same('branch3x3dbl_3', 96, 3, 3)]
  return layers.slice(0, count)
}

function blockC(name: string, inner: number): InceptionBlock {
  const long = [
    same('branch7x7dbl_1', inner, 1, 1),
    same('branch7x7dbl_2', inner, 7, 1),
    same('branch7x7dbl_3', inner, 1, 7),
    same('branch7x7dbl_4', inner, 7, 1),
    same('branch7x7dbl_5', 192, 1, 7)
  ]
  return {
    name,
    branches: [
      { layers: [same('branch1x1', 192, 1, 1)] },
      { layers: [same('branch7x7_1', inner, 1, 1), same('branch7x7_2', inner, 1, 7), same('branch7x7_3', 192, 7, 1)] },
      { layers: long },
      { pool: 'average', layers: [same('branch_pool', 192, 1, 1)] }
    ]
  }
}

function blockD(name: string): InceptionBlock {
  const long = [
    same('branch7x7x3_1', 192, 1, 1),
    same('branch7x7x3_2', 192, 1, 7),
    same('branch7x7x3_3', 192, 7, 1),
    valid('branch7x7x3_4', 192, 3, 2)
  ]
  return {
    name,
    branches: [
      { layers: [same('branch3x3_1', 192, 1, 1), valid('branch3x3_2', 320, 3, 2)] },
      { layers: long },
      { pool: 'halving max', layers: [] }
    ]
  }
}

function blockE(name: string, pool: InceptionPool): InceptionBlock {
  return {
    name,
    branches: [
      { layers: [same('branch1x1', 320, 1, 1)] },
      {
        layers: [same('branch3x3_1', 384, 1, 1)],
        fork: [same('branch3x3_2a', 384, 1, 3), same('branch3x3_2b', 384, 3, 1)]
      },
      {
        layers: [same('branch3x3dbl_1', 448, 1, 1), same('branch3x3dbl_2', 384, 3, 3)],
        fork: [same('branch3x3dbl_3a', 384, 1, 3), same('branch3x3dbl_3b', 384, 3, 1)]
      },
      { pool, layers: [same('branch_pool', 192, 1, 1)] }
    ]
  }
}

function single(layer: InceptionLayer): InceptionBlock {
  return { name: '', branches: [{ layers: [layer] }] }
}

/** Padded so that the size stays. */
function same(name: string, outputs: number, height: number, width: number): InceptionLayer {
  return { name, outputs, kernel: [height, width], stride: 1, padding: 'same' }
}

/** Square and without padding. */
function valid(name: string, outputs: number, side: number, stride: 1 | 2 = 1): InceptionLayer {
  return { name, outputs, kernel: [side, side], stride, padding: 'valid' }
}
