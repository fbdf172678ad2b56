import { didYouMean } from '@earlyexit/core';
import type { z } from 'zod';
import { wrongRequest } from './refusal';

/** What can be wrong with a value, as zod says it. */
type Issue = z.core.$ZodIssue;

/**
 * Checks what a request says against a schema.
 *
 * @param known the names that it may use, for a name that is none
 * @throws Refusal that says where it is wrong, and what is taken there
 */
export function checkShape<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  known: readonly string[] = [],
): z.output<Schema> {
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const issue = deepest(checked.error.issues[0]!);
  const place = placeOf(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const [name = ''] = issue.keys;
    throw wrongRequest({
      where: place === '' ? 'request' : place,
      rule: `it may hold ${known.join(', ')}`,
      received: name.slice(0, 100),
      remedy: didYouMean(name.slice(0, 100), known) ?? 'Leave it out',
    });
  }
  throw wrongRequest({ where: place === '' ? 'request' : place, rule: issue.message.replace(/\.$/, '') });
}

/** Of alternatives none of which fits, the one that came furthest says most. */
function deepest(issue: Issue): Issue {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return issue;
  const inner = issue.errors.flat().sort((a, b) => b.path.length - a.path.length)[0];
  if (inner === undefined || inner.path.length === 0) return issue;
  return deepest({ ...inner, path: [...issue.path, ...inner.path] });
}

/** `inputs[0].shape` */
function placeOf(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) =>
      typeof step === 'number'
        ? `[${String(step)}]`
        : `${index === 0 ? '' : '.'}${String(step).slice(0, 100)}`,
    )
    .join('');
}
