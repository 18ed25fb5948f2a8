// What may happen to a view, as data. The defaults are those of DINO's public code (main_dino.py, DataAugmentationDINO); other
// recipes are other records. All probabilities are of doing something, in [0, 1].

/** Two ends of a range, the smaller first. */
export type Range = readonly [low: number, high: number]

/** The ranges from which one view is drawn. */
export interface ViewOptions {
  /** The part of the picture's area that is cropped. */
  readonly area: Range
  /** Width by height of the crop. */
  readonly aspect: Range
  /** The probability of a mirrored view. */
  readonly flip: number
  /** Factors are drawn from [1 - b, 1 + b] but not below 0, the turn of the hue, a part of the circle, from [-h, h]. */
  readonly jitter: {
    readonly probability: number
    readonly brightness: number
    readonly contrast: number
    readonly saturation: number
    readonly hue: number
  }
  /** The probability of a grey view. */
  readonly grey: number
  /**
   * Deviation in pixels of the view. The public range, 0.1 to 2, is meant for views of 224 and 96 pixels; it leaves nothing to
   * be seen of one of 32 or 16, where other recipes do not blur at all (solo-learn on CIFAR).
   */
  readonly blur: { readonly probability: number; readonly sigma: Range }
  /** Values from the threshold on are inverted. */
  readonly solarise: { readonly probability: number; readonly threshold: number }
}

/** Views of one size, [size, size] pixels: as many as there are options. */
export interface ViewGroup {
  readonly size: number
  readonly views: readonly ViewOptions[]
}

/** Global views, which teacher and student see, and local ones, which only the student sees. There may be no local ones. */
export interface MultiCrop {
  readonly global: ViewGroup
  readonly local: ViewGroup
}

/** The second global view; the first is always blurred, and only this one is ever solarised. */
const secondGlobal: ViewOptions = {
  area: [0.4, 1],
  aspect: [3 / 4, 4 / 3],
  flip: 0.5,
  jitter: { probability: 0.8, brightness: 0.4, contrast: 0.4, saturation: 0.2, hue: 0.1 },
  grey: 0.2,
  blur: { probability: 0.1, sigma: [0.1, 2] },
  solarise: { probability: 0.2, threshold: 128 / 255 },
}

const never = { ...secondGlobal.solarise, probability: 0 }

/** The three kinds of views of DINO. */
export const dinoViews = {
  firstGlobal: { ...secondGlobal, blur: { ...secondGlobal.blur, probability: 1 }, solarise: never },
  secondGlobal,
  local: {
    ...secondGlobal,
    area: [0.05, 0.4],
    blur: { ...secondGlobal.blur, probability: 0.5 },
    solarise: never,
  },
} as const satisfies Readonly<Record<string, ViewOptions>>

/** What is usually changed of DINO's views. */
export interface MultiCropChanges {
  readonly globalSize: number
  readonly localSize: number
  /** How many local views. */
  readonly locals: number
  readonly globalArea: Range
  readonly localArea: Range
  /** Of all views; [0, 0] does not blur. */
  readonly blurSigma: Range
  readonly flip: number
  readonly jitter: ViewOptions['jitter']
  readonly grey: number
  /** The probability of the second global view; the others are never solarised. */
  readonly solarise: number
}

/** Two global views and some local ones with DINO's probabilities (224 and 96 pixels, 8 local views). */
export const multiCrop = (changes: Partial<MultiCropChanges> = {}): MultiCrop => {
  const { firstGlobal, secondGlobal, local } = dinoViews
  const {
    globalSize = 224,
    localSize = 96,
    locals = 8,
    globalArea = firstGlobal.area,
    localArea = local.area,
    blurSigma = firstGlobal.blur.sigma,
    flip = firstGlobal.flip,
    jitter = firstGlobal.jitter,
    grey = firstGlobal.grey,
    solarise = secondGlobal.solarise.probability,
  } = changes
  const view = (options: ViewOptions, area: Range, probability: number): ViewOptions => ({
    area,
    aspect: options.aspect,
    flip,
    jitter,
    grey,
    blur: { ...options.blur, sigma: blurSigma },
    solarise: { ...options.solarise, probability },
  })
  const globals = [view(firstGlobal, globalArea, 0), view(secondGlobal, globalArea, solarise)]
  return {
    global: { size: globalSize, views: globals },
    local: { size: localSize, views: Array.from({ length: locals }, () => view(local, localArea, 0)) },
  }
}
