/** The rooms of src and what each may import, besides itself. The arrows only point down. */
const ground = [
  'errors.ts',
  'foreign-text.ts',
  'types.ts',
  'options.ts',
  'hooks.ts',
  'runtime.ts',
  'encoding.ts',
  'bounded-map.ts',
  'flight.ts',
  'input',
];
const localGround = [
  'local/exception.ts',
  'local/parse-json.ts',
  'local/random.ts',
  'bounded-map.ts',
  'encoding.ts',
  'wire',
];
const rooms = {
  'model-facts.ts': [],
  'model-quirks.ts': [],
  'content.ts': [],
  'model-ids.ts': [],
  'runtime.ts': [],
  'encoding.ts': [],
  'conversation-input.ts': ['content.ts', 'model-ids.ts'],
  'types.ts': ['conversation-input.ts', 'model-facts.ts', 'model-quirks.ts', 'model-ids.ts', 'content.ts'],
  'bedrock-error.ts': ['types.ts'],
  'errors.ts': ['types.ts', 'bedrock-error.ts'],
  'foreign-text.ts': ['errors.ts'],
  'hooks.ts': ['errors.ts'],
  'options.ts': ['hooks.ts', 'types.ts', 'model-facts.ts', 'model-quirks.ts'],
  'event-loop.ts': ['runtime.ts'],
  input: ['errors.ts', 'types.ts', 'options.ts'],
  storage: ground,
  ambient: [...ground, 'credentials/scope.ts', 'credentials/environment.ts'],
  catalog: [...ground, 'model-facts.ts', 'model-quirks.ts', 'model-ids.ts'],
  wire: ground,
  sign: [...ground, 'ambient'],
  repair: [...ground, 'catalog', 'model-quirks.ts'],
  credentials: [...ground, 'wire', 'sign', 'ambient'],
  transport: [...ground, 'catalog', 'wire', 'sign', 'credentials'],
  aws: [...ground, 'catalog', 'wire', 'ambient', 'transport/connection-error.ts', 'transport/endpoint.ts'],
  identity: [...ground, 'wire', 'sign', 'credentials', 'transport'],
  discovery: [
    ...ground,
    'catalog',
    'wire/json-bounds.ts',
    'sign',
    'credentials',
    'transport',
    'storage/memory.ts',
  ],
  responses: [...ground, 'wire'],
  converse: [...ground, 'responses', 'event-loop.ts', 'catalog', 'wire', 'repair', 'transport'],
  explain: [...ground, 'catalog', 'credentials', 'transport', 'identity'],
  'bedrock.ts': [...ground, 'transport', 'discovery', 'converse'],
  'index.ts': [
    ...ground,
    'storage',
    'catalog',
    'credentials',
    'transport',
    'identity',
    'discovery',
    'responses',
    'converse',
    'explain',
    'bedrock.ts',
  ],
  'bounded-map.ts': [],
  'flight.ts': [],
  // What the client knows of models must not judge its own requests: local has rules of its own. The names of partitions
  // and the ids of models judge nothing.
  local: [...ground, 'catalog/partitions.ts', 'catalog/data.ts', 'wire', 'sign', 'index.ts'],
  'local/exception.ts': [],
  'local/parse-json.ts': ['local/exception.ts'],
  'local/random.ts': ['wire'],
  'local/account': ['local/exception.ts', 'catalog/partitions.ts', 'catalog/data.ts', 'wire'],
  'local/http': ['local/exception.ts', 'bounded-map.ts', 'encoding.ts', 'errors.ts', 'types.ts', 'wire'],
  'local/check': ['local/exception.ts', 'local/parse-json.ts', 'local/account', 'wire'],
  'local/access': [
    ...localGround,
    'catalog/partitions.ts',
    'local/account',
    'local/http',
    'types.ts',
    'sign',
  ],
  'local/model': [...localGround, 'local/account', 'local/http', 'local/check', 'errors.ts', 'sign'],
  adapters: ['index.ts'],
  // The command line uses the public API alone: the entries of package.json.
  cli: ['index.ts', 'local/index.ts', 'local/node.ts', 'catalog/index.ts', 'storage/file.ts'],
};

/** Only these run in Node alone; all else runs in browsers and at the edge too. */
const nodeOnly = '^src/(ambient/node|storage/(own-)?file\\.ts|local/(node\\.ts|http/node-[a-z]+\\.ts)|cli/)';

/** These may load AWS code; `aws/` runs everywhere, for those who bring an AWS client. */
const awsCode = '^src/(ambient/node(-profile)?\\.ts|aws/)';

const paths = (names) => names.map((name) => `^src/${name}${name.endsWith('.ts') ? '$' : '/'}`);

const houseRules = Object.entries(rooms).map(([room, below]) => ({
  name: `house-${room}`,
  comment: `${room} may import: ${below.join(', ') || 'nothing'}.`,
  severity: 'error',
  from: { path: paths([room]) },
  to: { path: '^src/', pathNot: paths([room, ...below]) },
}));

module.exports = {
  forbidden: [
    ...houseRules,
    {
      name: 'house-has-no-other-rooms',
      comment: 'A new room is a new line of the table above.',
      severity: 'error',
      from: { path: '^src/', pathNot: paths(Object.keys(rooms)) },
      to: {},
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'ambient-by-one-name',
      comment: 'Few files ask for #ambient, so that runtimes differ in few places.',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: '^src/(ambient/|bedrock\\.ts$|credentials/ambient\\.ts$|sign/sigv4\\.ts$|aws/)',
      },
      to: { path: '^src/ambient/' },
    },
    {
      name: 'web-standard-core',
      comment: 'A Node module would break the build for browsers and edge runtimes.',
      severity: 'error',
      from: { path: '^src/', pathNot: nodeOnly },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'aws-types-only',
      comment: 'AWS code must not reach a browser bundle; its types may.',
      severity: 'error',
      from: { path: '^src/', pathNot: awsCode },
      to: { path: '^node_modules/(@aws-sdk|@smithy)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'hashes-of-noble',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/ambient/none-hashes\\.ts$' },
      to: { path: '^node_modules/@noble/' },
    },
    {
      name: 'valibot-in-local',
      comment: 'It is built in, and would add to every bundle of the core.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/local/' },
      to: { path: '^node_modules/valibot/' },
    },
    {
      name: 'msw-in-local',
      comment: 'msw is an optional peer: only its own subpath may need it.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/local/msw\\.ts$' },
      to: { path: '^node_modules/msw/' },
    },
    {
      name: 'declared-packages',
      comment: 'What is published needs what package.json lists under dependencies, or has it built in.',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        pathNot: '^node_modules/(@noble|valibot)/',
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['npm-peer'],
      },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      // tsconfig.json leads the names of the package itself to its sources, of which this is none.
      to: { couldNotResolve: true, pathNot: '^bedrock-anywhere/package\\.json$' },
    },
    {
      name: 'src-stands-alone',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|examples|scripts|bench|dist)/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: 'specify',
    doNotFollow: { path: 'node_modules' },
  },
};
