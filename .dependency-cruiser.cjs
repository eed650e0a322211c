/** The rooms of src and what each may import, besides itself. The arrows only point down. */
const ground = ['errors.ts', 'types.ts', 'input'];
const rooms = {
  'model-facts.ts': [],
  'content.ts': [],
  'model-ids.ts': [],
  'conversation-input.ts': ['content.ts', 'model-ids.ts'],
  'types.ts': ['conversation-input.ts', 'model-facts.ts', 'model-ids.ts', 'content.ts'],
  'errors.ts': ['types.ts'],
  input: ['errors.ts', 'types.ts'],
  wire: ground,
  sign: [...ground, 'ambient'],
  storage: ground,
  ambient: ground,
  aws: [...ground, 'wire', 'ambient'],
  credentials: [...ground, 'wire', 'sign', 'ambient'],
  http: [...ground, 'wire', 'sign', 'credentials'],
  models: [...ground, 'wire', 'sign', 'credentials', 'http', 'storage/memory.ts'],
  converse: [...ground, 'wire', 'sign', 'credentials', 'http', 'models/price.ts', 'models/family.ts'],
  explain: [...ground, 'credentials', 'http', 'converse/model-id.ts'],
  'bedrock.ts': [...ground, 'credentials', 'http', 'models', 'converse', 'ambient'],
  'index.ts': [
    ...ground,
    'sign',
    'storage',
    'credentials',
    'http',
    'models',
    'converse',
    'explain',
    'bedrock.ts',
  ],
  local: [...ground, 'wire', 'sign', 'models/quirks.ts', 'index.ts'],
  adapters: ['index.ts'],
  // The command line uses the public API alone: the entries of package.json.
  cli: ['index.ts', 'local/index.ts', 'local/node.ts', 'models/catalog.ts', 'storage/file.ts'],
};

/** Imports that one file may do and the rest of its room may not. */
const doors = {
  'credentials/caller-identity.ts': ['http/json.ts', 'http/options.ts'],
  'credentials/cognito.ts': ['http/json.ts', 'http/options.ts'],
  'aws/sdk-error.ts': ['http/permissions.ts', 'http/connection-error.ts'],
};

/** Only these run in Node alone; all else runs in browsers and at the edge too. */
const nodeOnly = '^src/(ambient/node|storage/file\\.ts|local/node|cli/)';

/** These may load AWS code; `aws/` runs everywhere, for those who bring an AWS client. */
const awsCode = '^src/(ambient/node\\.ts|aws/)';

const paths = (names) => names.map((name) => `^src/${name}${name.endsWith('.ts') ? '$' : '/'}`);

const houseRules = Object.entries(rooms).map(([room, below]) => {
  const guests = Object.keys(doors).filter((file) => file.startsWith(`${room}/`));
  return {
    name: `house-${room}`,
    comment: `${room} may import: ${below.join(', ') || 'nothing'}.`,
    severity: 'error',
    from: { path: paths([room]), pathNot: paths(guests) },
    to: { path: '^src/', pathNot: paths([room, ...below]) },
  };
});

const doorRules = Object.entries(doors).map(([file, extra]) => {
  const [room] = file.split('/');
  return {
    name: `house-${file}`,
    comment: `${file} may import what ${room} may, and ${extra.join(', ')}.`,
    severity: 'error',
    from: { path: paths([file]) },
    to: { path: '^src/', pathNot: paths([room, ...rooms[room], ...extra]) },
  };
});

module.exports = {
  forbidden: [
    ...houseRules,
    ...doorRules,
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
        pathNot: '^node_modules/@noble/',
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
