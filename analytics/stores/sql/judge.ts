import type { FunctionCheck } from './allowed-functions.ts'
import type { Catalogue } from './catalogue.ts'
import { readTree, type TreeNode } from './statement-tree.ts'

/** Nodes of a question. What a node of another kind would do is not known, so it is refused. */
const KINDS = new Set(
  `SelectWithUnionQuery SelectQuery SelectIntersectExceptQuery ExpressionList Subquery WithElement TablesInSelectQuery
TablesInSelectQueryElement TableExpression TableJoin ArrayJoin TableIdentifier Identifier Function Literal Asterisk
QualifiedAsterisk ColumnsRegexpMatcher ColumnsListMatcher QualifiedColumnsRegexpMatcher QualifiedColumnsListMatcher
ColumnsTransformerList ColumnsExceptTransformer ColumnsReplaceTransformer ColumnsReplaceTransformer::Replacement
OrderByElement InterpolateElement WindowDefinition WindowListElement SampleRatio DescribeQuery`.split(/\s+/),
)
const TABLE_FUNCTIONS = new Set(['numbers', 'numbers_mt', 'zeros', 'generateSeries', 'generate_series', 'values'])
/**
 * SETTINGS inside a subquery is not stopped by the engine's read-only mode and can take the filters off; PREWHERE runs before
 * them; OUTFILE writes; the tree does not show what APPLY calls.
 */
const REFUSED_WORDS = ['SETTINGS', 'PREWHERE', 'OUTFILE', 'APPLY', 'PARALLEL']
const SHOW = /^SHOW (?:FULL )?(?:TABLES|DATABASES)(?: FROM `?hexroute`?)?(?: (?:NOT )?I?LIKE '')?(?: FORMAT \w+)?$/
const FORMAT =
  /^(?:JSON\w*|CSV\w*|TSV\w*|TabSeparated\w*|Pretty\w*|RowBinary\w*|Native|Parquet|Arrow|ArrowStream|Markdown|Vertical|Values|XML|Null)$/

export type Verdict = { kind: 'allowed' } | { kind: 'refused'; why: string }
const refused = (why: string): Verdict => ({ kind: 'refused', why })

/**
 * Whether a statement may run, by the engine's reading of it.
 * @param text the statement as the engine's own formatter writes it: no comments, one way to quote
 * @param tree `EXPLAIN AST` of that text
 */
export function judge(text: string, tree: string, catalogue: Catalogue): Verdict {
  const bare = withoutQuoted(text)
  if (bare === null) return refused('The statement cannot be read.')
  const word = REFUSED_WORDS.find((each) => new RegExp(`\\b${each}\\b`, 'i').test(bare))
  if (word) return refused(`${word} is not for analysts.`)
  if (/^SHOW /.test(bare))
    return SHOW.test(bare) ? { kind: 'allowed' } : refused('Of SHOW, analysts have SHOW TABLES and SHOW DATABASES.')
  const nodes = readTree(tree)
  if (!nodes) return refused('A name in the statement has marks that names here do not have.')
  if (!['SelectWithUnionQuery', 'DescribeQuery'].includes(nodes[0]?.kind ?? ''))
    return refused('Analysts may ask by SELECT, DESCRIBE TABLE and SHOW TABLES.')
  const ofSystem = nodes.some(({ kind, name }) => kind === 'TableIdentifier' && name.startsWith('system.'))
  for (const node of nodes) {
    const why = objection(node, bare, catalogue) ?? (ofSystem ? systemObjection(node, catalogue) : undefined)
    if (why) return refused(why)
  }
  return { kind: 'allowed' }
}

function objection(node: TreeNode, bare: string, catalogue: Catalogue): string | undefined {
  const { kind, name, depth, parent } = node
  if (!KINDS.has(kind)) return `${kind} is not for analysts.`
  if (kind === 'Function') return functionObjection(name, parent, catalogue.functions)
  if (kind === 'TableIdentifier') return tableObjection(name, bare, catalogue)
  if (kind === 'Identifier' && depth === 1 && !parent.startsWith('Expression'))
    return FORMAT.test(name) ? undefined : `The format ${name} is not for analysts.`
  if (kind === 'Literal' && depth === 1) return 'The answer goes to whoever asked, nowhere else.'
  // `x IN events`: the name of a table may stand where a column's would.
  const [database] = name.split('.')
  if (
    kind === 'Identifier' &&
    (/^(?:system|information_schema|default)$/i.test(database!) || catalogue.hidden.has(name))
  )
    return `There is no ${name} for analysts.`
  return undefined
}

function functionObjection(name: string, parent: string, isAllowed: FunctionCheck): string | undefined {
  const allowed = parent === 'TableExpression' ? TABLE_FUNCTIONS.has(name) : isAllowed(name)
  return allowed ? undefined : `The function ${name} is not for analysts.`
}

function tableObjection(name: string, bare: string, { tables, hidden }: Catalogue): string | undefined {
  if (tables.has(name) || tables.has(`hexroute.${name}`)) return undefined
  // A name of a WITH, and not of a table that must not be read: such a one would be reached outside of the WITH's scope.
  const isNamedByWith =
    !hidden.has(name) && /^\w+$/.test(name) && new RegExp(`(?:WITH|RECURSIVE|,)\\s+${name}\\s+AS\\s*\\(`).test(bare)
  return isNamedByWith ? undefined : `There is no table ${name} for analysts.`
}

/** What the engine's own tables say of sizes is of all tenants. */
function systemObjection({ kind, name }: TreeNode, { systemColumnsHidden }: Catalogue): string | undefined {
  if (/Asterisk|Matcher/.test(kind)) return 'Name the columns of a system table one by one.'
  const hidden = kind === 'Identifier' && name.split('.').find((part) => systemColumnsHidden.has(part))
  return hidden ? `The column ${hidden} is not for analysts.` : undefined
}

/** The text without what stands in quotes; null when a quote does not end. Names in quotes stay when they are plain. */
function withoutQuoted(text: string): string | null {
  const bare = text
    .replace(/'(?:[^'\\]|\\[\s\S])*'|`((?:[^`\\]|\\[\s\S])*)`/g, (_all, name?: string) =>
      name === undefined ? "''" : /^\w+$/.test(name) && !REFUSED_WORDS.includes(name.toUpperCase()) ? name : '``',
    )
    .trim()
  return /['"]/.test(bare.replaceAll("''", '')) ? null : bare
}
