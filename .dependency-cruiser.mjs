/**
 * The arrows between the packages: who may know whom. Everything that is not listed here is forbidden.
 *
 * @type {Record<string, readonly string[]>}
 */
export const arrows = {
  core: [],
  'exit-criteria': ['core'],
  calibration: ['core', 'exit-criteria'],
  datasets: ['core'],
  backend: ['core'],
  // Only the `installed` entry of this one, which knows nothing of TensorFlow.js.
  'native-engines': ['core', 'backend'],
  profiler: ['core'],
  'branch-head': ['core', 'exit-criteria', 'profiler'],
  'model-zoo': ['core', 'profiler', 'branch-head'],
  // Runs in browsers too.
  boundary: ['core', 'exit-criteria', 'calibration', 'branch-head'],
  // The engine of its worker threads; without them it trains on whatever engine there is.
  trainer: ['core', 'exit-criteria', 'profiler', 'branch-head', 'backend'],
  onnx: ['core', 'exit-criteria', 'profiler', 'branch-head'],
  // Of inference only the preprocessing of images.
  runs: [
    'core',
    'exit-criteria',
    'profiler',
    'branch-head',
    'model-zoo',
    'datasets',
    'calibration',
    'onnx',
    'inference',
    'trainer',
    'evaluation',
  ],
  // Only the `tfjs` entry of this one; its root is held to core and exit-criteria by a rule below.
  inference: ['core', 'exit-criteria', 'profiler', 'branch-head', 'weights'],
  // Data, and what there is to know of them.
  weights: ['core', 'exit-criteria'],
  evaluation: [
    'core',
    'exit-criteria',
    'profiler',
    'calibration',
    'datasets',
    'branch-head',
    'onnx',
    'inference',
  ],
  // Times what the others make, and tries what this machine has.
  benchmark: [
    'core',
    'exit-criteria',
    'datasets',
    'backend',
    'native-engines',
    'branch-head',
    'model-zoo',
    'trainer',
    'onnx',
    'inference',
    'evaluation',
    'runs',
  ],
  // Of evaluation and trainer what there is to show; it computes nothing.
  report: ['core', 'exit-criteria', 'calibration', 'evaluation', 'trainer'],
  reproduce: [
    'core',
    'exit-criteria',
    'calibration',
    'datasets',
    'branch-head',
    'model-zoo',
    'trainer',
    'evaluation',
    'runs',
    'report',
  ],
  // Of onnx and inference only what knows nothing of TensorFlow.js.
  attach: ['core', 'exit-criteria', 'calibration', 'onnx', 'inference'],
  // Answers requests; of inference only what knows nothing of TensorFlow.js.
  server: ['core', 'exit-criteria', 'calibration', 'datasets', 'inference'],
  // Hands on everything else, and holds the command.
  earlyexit: [],
};
arrows.earlyexit = [...Object.keys(arrows).filter((name) => name !== 'earlyexit'), 'cli'];

const tests = '(\\.test\\.ts|/testing/[^/]+|/testing\\.ts|/test-[^/]+\\.ts)$';
/** Tests need an engine to run on and networks to try; neither ships with the package that they test. */
const allowedInTests = ['backend', 'model-zoo', 'native-engines', 'onnx', 'testing'];

const oneOf = (names) => `^packages/(${names.join('|')})/`;

const arrowRules = Object.entries(arrows).flatMap(([name, lower]) => [
  {
    name: `arrow-${name}`,
    comment: `@earlyexit/${name} may depend on: ${lower.join(', ') || 'no other package'}.`,
    severity: 'error',
    from: { path: `^packages/${name}/src/`, pathNot: tests },
    to: { path: '^(packages|apps)/', pathNot: oneOf([name, ...lower]) },
  },
  {
    name: `arrow-${name}-tests`,
    comment: `The tests of @earlyexit/${name} may besides use: ${allowedInTests.join(', ')}.`,
    severity: 'error',
    from: { path: `^packages/${name}/src/.*${tests}` },
    to: { path: '^(packages|apps)/', pathNot: oneOf([name, ...lower, ...allowedInTests]) },
  },
]);

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...arrowRules,
    {
      name: 'testing-in-tests-alone',
      comment: 'What tests share is not published.',
      severity: 'error',
      from: { path: '^(packages|apps)/', pathNot: [tests, '^packages/testing/'] },
      to: { path: '^packages/testing/' },
    },
    {
      name: 'arrow-testing',
      comment: '@earlyexit/testing knows what its random networks are made of.',
      severity: 'error',
      from: { path: '^packages/testing/' },
      to: { path: '^(packages|apps)/', pathNot: oneOf(['testing', 'core', 'profiler', 'branch-head']) },
    },
    {
      name: 'through-the-front-door',
      comment: 'A package is used by its name, never by a path into its sources.',
      severity: 'error',
      from: { path: '^(packages|apps)/([^/]+)/' },
      to: { path: '^(packages|apps)/', pathNot: '^$1/$2/', dependencyTypesNot: ['aliased'] },
    },
    {
      name: 'inference-root-has-no-tfjs',
      comment: 'The root of @earlyexit/inference serves runtimes without TensorFlow.js.',
      severity: 'error',
      from: { path: '^packages/inference/src/index\\.ts$' },
      to: { path: '@tensorflow/|^packages/(branch-head|profiler)/', reachable: true },
    },
    {
      name: 'native-engines-has-no-tfjs',
      comment: 'Getting an engine needs no TensorFlow.js.',
      severity: 'error',
      from: { path: '^packages/native-engines/src/', pathNot: tests },
      to: { path: '@tensorflow/', reachable: true },
    },
    {
      name: 'tfjs-through-one-module',
      comment: 'TensorFlow.js enters a package through src/tf.ts alone, so that it can be replaced.',
      severity: 'error',
      from: {
        path: '^packages/[^/]+/src/',
        pathNot: [tests, '/src/tf\\.ts$', '^packages/(backend|testing)/'],
      },
      to: { path: '@tensorflow/' },
    },
    {
      name: 'no-cycle',
      comment: 'Not of types either: whoever reads one file of a circle has to read them all.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unlisted-dependency',
      comment:
        'What ships lists what it imports in the package.json beside it; tests may use the tools of the root.',
      severity: 'error',
      from: { path: '^(packages|apps)/', pathNot: tests },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown'], dependencyTypesNot: ['npm-peer'] },
    },
    {
      name: 'no-development-dependency-in-what-ships',
      severity: 'error',
      from: { path: '^(packages|apps)/[^/]+/src/', pathNot: tests },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm-peer', 'npm-optional', 'type-only'] },
    },
    {
      name: 'not-to-test',
      severity: 'error',
      from: { pathNot: [tests, '^tests/'] },
      to: { path: tests },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
