export {
  type Checksum,
  type DigestOptions,
  digestOfFile,
  hasChecksum,
} from './node/digest-of-file';
export { downloadVerified, type VerifiedDownload } from './node/download/download-verified';
export { errorCode, explainRead, explainWrite } from './node/file-error';
export { lockFolder } from './node/lock-folder';
export { readFileWithin } from './node/read-file-within';
export { parseJsonObject, readJsonFile, readJsonWithin, refuseLargeJson } from './node/read-json';
export { type ReadFileOptions, readWholeFile, refuseLarge } from './node/read-whole-file';
export { type OpenFile, openRegularFile } from './node/regular-file';
export { syncFolder, writeSynced } from './node/synced-files';
export { writeWholeFile } from './node/write-whole-file';
