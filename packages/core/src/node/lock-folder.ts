import { randomUUID } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { EnvironmentError } from '../errors/environment-error';
import { explainWrite } from './file-error';

/** The holder of a lock, as recorded in its file. */
interface Holder {
  readonly pid: number;
  /** Null in locks of older versions: this machine. */
  readonly host: string | null;
  /**
   * When the process began, by the system's clock, because process numbers are reused; null if the system does not say.
   */
  readonly processStart: string | null;
  /** What the process does, such as `a training`. */
  readonly activity: string;
  /** ISO 8601. */
  readonly since: string | null;
  readonly token: string | null;
}

// After the file is created and before it is written, other processes see it empty.
const BEGINNING_MS = 5_000;

/**
 * Locks a folder against other processes, and against a second call in this one, with a file in it that names the
 * holder. The lock of a process that has ended is taken over; a live one is refused at once.
 *
 * @param folder created if necessary
 * @param activity what is done in it, for the message to others, which continues with `is at work`: `a training`
 * @param name the file's name; `lock` unless given
 * @returns a function that releases the lock, which is also released when the process ends
 * @throws EnvironmentError that names the process at work there, or says that the folder cannot be written
 */
export function lockFolder(folder: string, activity: string, name = 'lock'): () => void {
  const path = join(folder, name);
  const token = randomUUID();
  const own: Holder = {
    pid: process.pid,
    host: hostname(),
    processStart: startOf(process.pid),
    activity,
    since: new Date().toISOString(),
    token,
  };
  try {
    mkdirSync(folder, { recursive: true });
    while (!create(path, own)) {
      const holder = readHolder(path, activity);
      if (holder !== null && isAtWork(holder)) throw inUse(folder, path, holder);
      if (holder === null && isBeginning(path)) throw inUse(folder, path, null);
      takeAway(path, holder);
    }
  } catch (error) {
    throw explainWrite(error, path);
  }
  const release = (): void => {
    process.off('exit', release);
    held.delete(token);
    if (readHolder(path)?.token === token) rmSync(path, { force: true });
  };
  held.add(token);
  process.on('exit', release);
  return release;
}

/** Tokens of the locks of this process. */
const held = new Set<string>();

/** Takes the lock; false if there is one already. */
function create(path: string, holder: Holder): boolean {
  let file: number;
  try {
    file = openSync(path, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  try {
    writeFileSync(file, JSON.stringify(holder));
  } finally {
    closeSync(file);
  }
  return true;
}

/**
 * The holder; null if there is no lock, or its file does not say whose it is. `activity` is used if the file does not
 * state one.
 */
function readHolder(path: string, activity = ''): Holder | null {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const nobody = { host: null, processStart: null, activity, since: null, token: null };
    // An older version wrote only the number.
    const holder = (typeof value === 'number' ? { pid: value } : value) as Partial<Holder> | null;
    return typeof holder?.pid === 'number' ? { ...nobody, ...holder, pid: holder.pid } : null;
  } catch {
    return null;
  }
}

function isAtWork({ pid, host, processStart, token }: Holder): boolean {
  if (host !== null && host !== hostname()) return true;
  if (pid === process.pid && (token === null || !held.has(token))) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const start = startOf(pid);
  return processStart === null || start === null || processStart === start;
}

/** When a process began, in clock ticks since boot; null if there is no `/proc`. */
function startOf(pid: number): string | null {
  try {
    const status = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    // The name, in parentheses, may contain spaces; the start time is the 20th field after it.
    return status.slice(status.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function isBeginning(path: string): boolean {
  try {
    return Date.now() - statSync(path).mtimeMs < BEGINNING_MS;
  } catch {
    return false;
  }
}

/** Removes the lock of a process that has ended, but not a lock that another process may have taken since. */
function takeAway(path: string, expected: Holder | null): void {
  const aside = `${path}.${randomUUID()}.tmp`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const holder = readHolder(aside);
  if (holder !== null && holder.token !== expected?.token && create(path, holder)) {
    rmSync(aside);
    throw inUse(path, path, holder);
  }
  rmSync(aside, { force: true });
}

function inUse(folder: string, path: string, holder: Holder | null): EnvironmentError {
  const isElsewhere = holder !== null && holder.host !== null && holder.host !== hostname();
  const at = isElsewhere ? ` on ${holder.host}` : '';
  const since = holder?.since == null ? '' : `, since ${holder.since}`;
  return new EnvironmentError({
    where: folder,
    rule: 'one process at a time works in this folder',
    received:
      holder === null
        ? 'another that has just begun'
        : `${holder.activity} is at work (process ${String(holder.pid)}${at}${since})`,
    remedy: isElsewhere
      ? `Wait for it to end; if that machine has stopped, remove ${path}`
      : 'Wait for it to end, or stop it',
  });
}
