import { type Attribute } from './tensorflow-attributes.ts'

/**
 * Operations whose results have shapes that follow from the shapes of their operands, their attributes and operands
 * that are constants (axes, sizes, paddings). What is not listed, TensorFlow is asked for.
 */
const predictable = new Set(
  (
    'Add AddV2 AddN Sub Mul RealDiv Maximum Minimum Pow SquaredDifference Square Sqrt Rsqrt Neg Abs Exp Expm1 Log Log1p ' +
    'Relu Sigmoid Tanh Softplus Step Sign Identity Cast LeakyRelu LeakyReluGrad BiasAdd BiasAddGrad Fill OnesLike ' +
    'ZerosLike Conv2D Conv2DBackpropInput Conv2DBackpropFilter DepthwiseConv2dNative BatchMatMulV2 Sum Mean Max Reshape ' +
    'Transpose Tile ConcatV2 Pack SplitV Slice PadV2 OneHot NotEqual Equal Greater GreaterEqual Less LessEqual LogicalAnd Select SelectV2 IsNan IsInf IsFinite'
  ).split(' ')
)

/** A tensor that an operation gave, but for its handle. */
export interface Result {
  readonly shape: number[]
  readonly dtype: number
}

/**
 * What operations gave before. TensorFlow computes in a thread of its own, and to ask it for the shape of a result is to
 * wait for it; a training step asks for the same operations again and again.
 */
export class ResultShapes {
  readonly #known = new Map<string, readonly Result[]>()
  /** By tensor: its element type and shape, or for constant whole numbers the id, which stands for the values too. */
  readonly #names = new Map<number, string>()

  /** `isConstant` says that the id stands for these values for ever. */
  name(id: number, { shape, dtype }: Result, isConstant: boolean): void {
    if (isConstant && isIndex(dtype)) this.#names.set(id, `#${String(id)}`)
    else this.#names.set(id, `${isIndex(dtype) ? '?' : ''}${String(dtype)}:${shape.join()}`)
  }

  forget(id: number): void {
    this.#names.delete(id)
  }

  /** Stands for all calls whose results have the same shapes; undefined where that cannot be told. */
  keyOf(name: string, attributes: readonly Attribute[], inputs: readonly number[]): string | undefined {
    if (!predictable.has(name)) return undefined
    let key = name
    for (const id of inputs) {
      const operand = this.#names.get(id)
      if (operand === undefined) return undefined
      // Whole numbers that are not constants could be sizes.
      if (operand.startsWith('?') && !takesWholeNumbers.has(name)) return undefined
      key += `|${operand}`
    }
    for (const { value } of attributes) key += `;${String(value)}`
    return key
  }

  of(key: string): readonly Result[] | undefined {
    return this.#known.get(key)
  }

  keep(key: string, results: readonly Result[]): void {
    if (this.#known.size < mostKnown) this.#known.set(key, results)
  }
}

const mostKnown = 16_384

/** Operations that compute with whole numbers instead of being told sizes or axes by them. */
const takesWholeNumbers = new Set(['Cast', 'OneHot', 'NotEqual', 'Equal'])

/** TensorFlow's numbers for whole numbers of 32 and 64 bits. */
function isIndex(dtype: number): boolean {
  return dtype === 3 || dtype === 9
}
