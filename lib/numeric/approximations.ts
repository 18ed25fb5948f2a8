// Approximations of the functions that a machine's own library gets wrong or lacks, as data that each printer spells
// out in float32. The coefficients were fitted for this project by reweighted least squares at Chebyshev nodes in
// 60-digit arithmetic; the error quoted is that of the fit, in units of the last place of float32, before rounding.

/** Coefficients from the constant term upwards. */
export type Polynomial = readonly number[]

/** erf x = x + x E(x^2) for |x| < 1; 0.02 ulp. */
export const erfPolynomial: Polynomial = [
  0.1283791657266553, -0.3761262582385425, 0.11283585144320182, -0.026853811755785766, 0.005188327344821537,
  -0.0008010190631288853, 7.853851470388384e-5,
]

/** erf |x| = 1 - F(t) for 1 <= |x| <= limit, t = (|x| - middle) / reach; beyond the limit it rounds to 1; 0.12 ulp. */
export const erfTail: {
  readonly limit: number
  readonly middle: number
  readonly reach: number
  readonly coefficients: Polynomial
} = {
  limit: 3.92,
  middle: 2.46,
  reach: 1.46,
  coefficients: [
    0.0005033536077059873, -0.003878106129383008, 0.013928983865450177, -0.030599943545772553, 0.045047262074737374,
    -0.045107023079031104, 0.028447647043013658, -0.006495251496624581, -0.00734763523446814, 0.009031123926797058,
    -0.003337017316682349, -0.0015874085826074235, 0.001625865995719664, -1.2985970431032e-5, -0.00021884188154899675,
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

/** exp r = 1 + r + r^2 E(r) for |r| <= ln(2)/2; 0.05 ulp. */
export const expPolynomial: Polynomial = [
  0.4999999341118839, 0.16666520094992288, 0.04166839447468803, 0.008368781601897921, 0.001381445444212952,
]

/** ln 2 as a sum of two numbers; multiples of the first up to 2^9 are exact in float32. */
export const logTwo: readonly [number, number] = [0.693359375, -2.121944400546905e-4]

/** log(1 + s) = s - s^2/2 + s^3 L(s) for 1 + s between sqrt(1/2) and sqrt(2); 0.1 ulp. */
export const logPolynomial: Polynomial = [
  0.33333331719426457, -0.2500082116097049, 0.20001225651103552, -0.16623352328898539, 0.1420178419748095,
  -0.13160256096964543, 0.12761420524964467, -0.07634107289346204,
]

/** tanh x = x + x^3 T(x^2) for |x| <= limit; 0.07 ulp. */
export const tanhPolynomial: { readonly limit: number; readonly coefficients: Polynomial } = {
  limit: 0.625,
  coefficients: [
    -0.33333281931698233, 0.13331441968730479, -0.053739698516476385, 0.020639039043153208, -0.005704938037924254,
  ],
}

/** atan t = t + t^3 A(t^2) for 0 <= t <= 1; 0.05 ulp. */
export const atanPolynomial: Polynomial = [
  -0.33333299089000656, 0.1999854828367075, -0.14264241692352325, 0.10952185899638456, -0.08403450812017683,
  0.057957603328982234, -0.03117785670442087, 0.010914612062274452, -0.0017936232105954437,
]
