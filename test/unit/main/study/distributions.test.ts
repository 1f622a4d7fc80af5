import { describe, expect, test } from 'vitest'
import { normalCdf, studentCdf, studentQuantile } from '../../../../src/main/study/distributions.ts'

/** scipy 1.17.1: stats.t.cdf(x, df) for x = −3.1, −0.4, 0.7, 2.2, 9, and stats.t.ppf(p, df) for p = 0.6, 0.8, 0.975, 0.995. */
const ofStudent: [degrees: number, below: number[], quantiles: number[]][] = [
  [
    1,
    [0.09932609219911853, 0.3788810584091566, 0.6944001122142147, 0.8642002512199081, 0.9647767125227227],
    [0.32491969623290634, 1.3763819204711738, 12.706204736174694, 63.656741162871526]
  ],
  [
    2,
    [0.04510036506509436, 0.36391723651204566, 0.7218034876835673, 0.9205955120960299, 0.9939391699536065],
    [0.2886751345948128, 1.0606601717798214, 4.302652729749462, 9.924843200918287]
  ],
  [
    4.5,
    [0.015457772336867029, 0.35371409406555754, 0.7407801988441911, 0.9574423404881667, 0.9997594235264371],
    [0.2687518355421751, 0.9289655685760094, 2.6589123472044034, 4.272823993011293]
  ],
  [
    10,
    [0.005625328608041707, 0.34878370482956145, 0.7500562149135578, 0.9737794657753234, 0.9999979309754752],
    [0.2601848294920803, 0.8790578285505889, 2.228138851986274, 3.16927267261695]
  ],
  [
    37,
    [0.0018446336259178315, 0.34572827402517475, 0.7558472294317422, 0.9829349452311007, 0.999999999962629],
    [0.25517640064519126, 0.8514440309945982, 2.0261924630291093, 2.7154087215499882]
  ],
  [
    500,
    [0.0010221570395428864, 0.3446636726671189, 0.7578735691420806, 0.9858681820314406, 1],
    [0.2534819498516658, 0.8423407061535052, 1.9647198374673676, 2.5856978351419415]
  ]
]

describe('distributions', () => {
  test.each(ofStudent)("Student's t with %s degrees of freedom is that of scipy", (degrees, below, quantiles) => {
    for (const [i, x] of [-3.1, -0.4, 0.7, 2.2, 9].entries()) {
      expect(studentCdf(x, degrees)).toBeCloseTo(below[i] ?? NaN, 12)
    }
    for (const [i, p] of [0.6, 0.8, 0.975, 0.995].entries()) {
      const expected = quantiles[i] ?? NaN
      expect(Math.abs(studentQuantile(p, degrees) / expected - 1)).toBeLessThan(1e-10)
      expect(studentQuantile(1 - p, degrees)).toBeCloseTo(-studentQuantile(p, degrees), 12)
    }
  })

  test('the normal distribution is that of scipy', () => {
    // scipy 1.17.1: stats.norm.cdf
    const expected = [
      [-5, 2.866515718791933e-7],
      [-1.96, 0.024997895148220435],
      [-0.3, 0.3820885778110474],
      [0.5, 0.6914624612740131],
      [1.2, 0.8849303297782918],
      [3, 0.9986501019683699]
    ] as const
    for (const [z, p] of expected) expect(Math.abs(normalCdf(z) / p - 1)).toBeLessThan(1e-12)
    expect(studentQuantile(0.975, Infinity)).toBeCloseTo(1.959963984540054, 12)
  })
})
