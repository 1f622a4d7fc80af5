/** The normal and Student's t distribution, as far as intervals and tests need them (docs/method.md §13). */

/** P(T ≤ t) for Student's t; for infinite degrees of freedom that of the normal distribution. */
export function studentCdf(t: number, degrees: number): number {
  if (!Number.isFinite(degrees)) return normalCdf(t)
  const tail = incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2
  return t > 0 ? 1 - tail : tail
}

/** The t with P(T ≤ t) = p. */
export function studentQuantile(p: number, degrees: number): number {
  if (p < 0.5) return -studentQuantile(1 - p, degrees)
  let [low, high] = [0, 1]
  while (studentCdf(high, degrees) < p && high < 1e12) high *= 2
  for (let i = 0; i < 200 && high - low > 1e-14 * high; i++) {
    const middle = (low + high) / 2
    if (studentCdf(middle, degrees) < p) low = middle
    else high = middle
  }
  return (low + high) / 2
}

export function normalCdf(z: number): number {
  const tail = upperGamma(z * z) / 2
  return z > 0 ? 1 - tail : tail
}

/** erfc(√(x/2)): the chance that a squared standard normal exceeds x (one degree of freedom of χ²). */
function upperGamma(x: number): number {
  const half = x / 2
  if (half < 1.5) return 1 - lowerSeries(half)
  return Math.exp(-half + 0.5 * Math.log(half) - logGammaHalf) * continuedGamma(half)
}

const logGammaHalf = Math.log(Math.PI) / 2

/** Regularised lower incomplete gamma function P(½, x) by its series. */
function lowerSeries(x: number): number {
  if (x === 0) return 0
  let term = 2
  let sum = term
  for (let a = 1.5; Math.abs(term) > 1e-17 * sum; a++) sum += term *= x / a
  return sum * Math.exp(-x + 0.5 * Math.log(x) - logGammaHalf)
}

/** Lentz's continued fraction of Γ(½, x) · eˣ · x^(−½). */
function continuedGamma(x: number): number {
  let b = x + 0.5
  let c = 1e300
  let d = 1 / b
  let value = d
  for (let i = 1; i < 1000; i++) {
    const a = -i * (i - 0.5)
    b += 2
    d = 1 / (a * d + b)
    c = b + a / c
    value *= d * c
    if (Math.abs(d * c - 1) < 1e-16) break
  }
  return value
}

/** Regularised incomplete beta function I_x(a, b) by its continued fraction, on the side where that converges fast. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a)
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b))
  return (front * betaFraction(x, a, b)) / a
}

function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300
  const solid = (value: number) => (Math.abs(value) < tiny ? tiny : value)
  let c = 1
  let d = 1 / solid(1 - ((a + b) * x) / (a + 1))
  let value = d
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / solid(1 + even * d)
    c = solid(1 + even / c)
    value *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / solid(1 + odd * d)
    c = solid(1 + odd / c)
    value *= d * c
    if (Math.abs(d * c - 1) < 1e-15) break
  }
  return value
}

/** ln Γ(x) for x > 0: Stirling's series from 10 on, below by the recurrence. */
function logGamma(x: number): number {
  let shift = 0
  let at = x
  for (; at < 10; at++) shift += Math.log(at)
  const inverse = 1 / (at * at)
  const series =
    (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse * (1 / 1680 - inverse * (1 / 1188))))) / at
  return (at - 0.5) * Math.log(at) - at + Math.log(2 * Math.PI) / 2 + series - shift
}
