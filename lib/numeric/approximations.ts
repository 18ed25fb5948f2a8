// Approximations of the functions that a machine's own library gets wrong or lacks, as data that each printer spells out in
// float32. The coefficients were fitted for this project by reweighted least squares at Chebyshev nodes in 60-digit
// arithmetic; the error quoted is that of the fit, in units of the last place of float32, before rounding.

/** Coefficients from the constant term upwards. */
export type Polynomial = readonly number[]

/** erf x = x P(x^2) / Q(x^2) for |x| <= 4, beyond which it rounds to 1; 0.42 ulp. */
export const erfRational: { readonly limit: number; readonly numerator: Polynomial; readonly denominator: Polynomial } =
  {
    limit: 4,
    numerator: [
      1.1283791399978056, 0.19350204214702776, 0.05309508436356883, 0.0038812026819809954, 0.0002844691390565409,
      1.986502552351859e-6,
    ],
    denominator: [
      1, 0.504819291253183, 0.11533132860272352, 0.015203040877559219, 0.0011849585839618759, 3.741214757493372e-5,
    ],
  }

/** sin r = r + r^3 S(r^2) for |r| <= pi/4; 0.0001 ulp. */
export const sinPolynomial: Polynomial = [
  -0.1666666664142264, 0.00833332936195162, -0.00019839327052849684, 2.718236614756524e-6,
]

/** cos r = 1 - r^2/2 + r^4 C(r^2) for |r| <= pi/4; 0.002 ulp. */
export const cosPolynomial: Polynomial = [0.04166664674520034, -0.0013887361343131537, 2.4437719366732263e-5]

/** pi/2 as a sum of three numbers; multiples of the first two up to about 2^12 are exact in float32. */
export const halfPi: readonly [number, number, number] = [1.5703125, 4.837512969970703e-4, 7.54978995489188e-8]
