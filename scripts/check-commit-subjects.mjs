// Whether the subjects of these commits can be read in a log of one line each: node scripts/check-commit-subjects.mjs [RANGE]
import { execFileSync } from 'node:child_process';

/** What `git log --oneline` shows on a terminal of 80 columns, behind the hash. */
const MOST_CHARACTERS = 72;

const range = process.argv[2] ?? 'origin/main..HEAD';
const log = execFileSync('git', ['log', '--no-merges', '--format=%h %s', range], { encoding: 'utf8' });
const tooLong = log
  .split('\n')
  .map((line) => line.match(/^(\S+) (.*)$/)?.slice(1) ?? ['', ''])
  .filter(([, subject]) => [...subject].length > MOST_CHARACTERS);

for (const [hash, subject] of tooLong) {
  console.error(`${hash}: ${[...subject].length} characters, at most ${MOST_CHARACTERS}: ${subject}`);
}
if (tooLong.length > 0) console.error('Shorten them: git rebase -i, or git commit --amend for the last one');
process.exitCode = tooLong.length > 0 ? 1 : 0;
