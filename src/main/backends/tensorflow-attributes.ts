import { invariant } from '../../shared/errors.ts'
import { createNamePool, type Pointer, type TensorFlowFunctions } from './tensorflow-functions.ts'

/** TensorFlow's numbers for attribute types, as in tf_attrtype.h. */
export const attributeTypes = {
  TF_ATTR_STRING: 0,
  TF_ATTR_INT: 1,
  TF_ATTR_FLOAT: 2,
  TF_ATTR_BOOL: 3,
  TF_ATTR_TYPE: 4,
  TF_ATTR_SHAPE: 5,
  TF_ATTR_RESOURCE: 9
} as const

/** One attribute of an operation, as tfjs-node's kernels write it. */
export interface Attribute {
  readonly name: string
  readonly type: number
  readonly value: unknown
}

export type AttributeSetter = (op: Pointer, attribute: Attribute) => void

type One = (op: Pointer, name: Pointer, value: unknown) => void
type Many = (op: Pointer, name: Pointer, list: number[]) => void

/** Returns a function that sets attributes of any type that kernels use, single values and lists. */
export function createAttributeSetter(c: TensorFlowFunctions, status: Pointer): AttributeSetter {
  const addressOf = createNamePool()
  const one = setterOfOne(c)
  const many = settersOfLists(c, status)

  return (op, { name, type, value }) => {
    if (Array.isArray(value)) {
      const set = many[type]
      invariant(set, `the list attribute ${name} has a known type (${String(type)})`)
      set(op, addressOf(name), value as number[]) // the type says what the list holds
    } else {
      const set = one[type]
      invariant(set, `the attribute ${name} has a known type (${String(type)})`)
      set(op, addressOf(name), value)
    }
  }
}

function setterOfOne(c: TensorFlowFunctions): Record<number, One> {
  return {
    [attributeTypes.TF_ATTR_TYPE]: c.setType,
    [attributeTypes.TF_ATTR_INT]: c.setInt,
    [attributeTypes.TF_ATTR_FLOAT]: c.setFloat,
    // Kernels pass flags as booleans or as 0 and 1.
    [attributeTypes.TF_ATTR_BOOL]: (op, name, value) => c.setBool(op, name, value ? 1 : 0),
    [attributeTypes.TF_ATTR_STRING]: (op, name, value) => {
      const text = Buffer.from(String(value))
      c.setString(op, name, text, text.length)
    }
  }
}

function settersOfLists(c: TensorFlowFunctions, status: Pointer): Record<number, Many> {
  const longs = (list: number[]) => BigInt64Array.from(list, BigInt)
  return {
    [attributeTypes.TF_ATTR_INT]: (op, name, list) => c.setInts(op, name, longs(list), list.length),
    [attributeTypes.TF_ATTR_FLOAT]: (op, name, list) => c.setFloats(op, name, Float32Array.from(list), list.length),
    [attributeTypes.TF_ATTR_BOOL]: (op, name, list) => c.setBools(op, name, Uint8Array.from(list), list.length),
    [attributeTypes.TF_ATTR_SHAPE]: (op, name, list) => c.setShape(op, name, longs(list), list.length, status)
  }
}
