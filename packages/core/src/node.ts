export { writeWholeFile } from './node/write-whole-file';
