export { loadRuntime } from './node/load-runtime';
