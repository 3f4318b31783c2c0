/** A function as `system.functions` tells of it. */
export type EngineFunction = { name: string; isAggregate: boolean; anyCase: boolean; aliasTo: string; category: string }

/**
 * Whole categories of ClickHouse that compute from their arguments and reach nothing else. Not among them: AI (asks
 * services), Dictionary and Machine Learning (read stores by name), Internal, Introspection, Encryption, Other.
 */
const CATEGORIES = new Set(
  `Aggregate Functions,Arithmetic,Arrays,Bit,Bitmap,Comparison,Conditional,Dates and Times,Distance,Encoding,Financial,Geo,
Geo Polygon,Hash,IP Address,JSON,Logical,Map,Mathematical,Null,Random Number,Rounding,String,String Replacement,
String Search,String Splitting,Time Series,Time Window,Tuple,Type Conversion,URL,UUID`.split(/,\s*/),
)
/** Of the category Other, which also has file(), joinGet() and getSetting(). */
const OTHERS = `bar blockNumber countDigits currentDatabase currentUser finalizeAggregation formatReadableDecimalSize
formatReadableQuantity formatReadableSize formatReadableTimeDelta getSubcolumn identity ignore materialize neighbor
parseReadableSize parseReadableSizeOrNull parseReadableSizeOrZero parseTimeDelta rowNumberInAllBlocks rowNumberInBlock
runningDifference runningDifferenceStartingWithFirstValue toColumnTypeName toTypeName transform variantElement
variantType version visibleWidth minSampleSizeContinuous minSampleSizeConversion`.split(/\s+/)
/** Known to the parser and not in the list of functions. */
const OF_THE_LANGUAGE = ['exists', 'lambda', 'untuple', 'grouping', 'arrayjoin', '_cast']
const COMBINATOR =
  /(?:If|Array|Distinct|OrDefault|OrNull|ForEach|Resample|State|SimpleState|Merge|MergeState|Map|ArgMin|ArgMax)$/

export type FunctionCheck = (name: string) => boolean

/** Says of a function's name whether an analyst may call it; aggregates with any combinators. */
export function allowedFunctions(all: EngineFunction[]): FunctionCheck {
  const allowedOriginals = new Set([
    ...all.filter(({ category }) => CATEGORIES.has(category)).map(({ name }) => name),
    ...OTHERS,
  ])
  const allowed = all.filter(({ name, aliasTo }) => allowedOriginals.has(aliasTo || name))
  const exact = new Set(allowed.map(({ name }) => name))
  const anyCase = new Set([...OF_THE_LANGUAGE, ...allowed.flatMap((f) => (f.anyCase ? [f.name.toLowerCase()] : []))])
  const aggregates = new Set(allowed.flatMap((f) => (f.isAggregate ? [f.name] : [])))

  function isCombined(name: string): boolean {
    const base = name.replace(COMBINATOR, '')
    return base !== name && (aggregates.has(base) || anyCase.has(base.toLowerCase()) || isCombined(base))
  }
  return (name) => exact.has(name) || anyCase.has(name.toLowerCase()) || isCombined(name)
}
