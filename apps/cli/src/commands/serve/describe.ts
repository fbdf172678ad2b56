import type { ServedModel } from '@earlyexit/server';

/** Where the server listens, and what to type to try it. */
export function describeServer(url: string, models: readonly ServedModel[], hasToken: boolean): string[] {
  const names = models.map(({ name, session }) => name ?? session.metadata.name);
  const token = hasToken ? ' -H "Authorization: Bearer TOKEN"' : '';
  return [
    `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} served at ${url}`,
    `  inference: POST ${url}/v2/models/${names[0]!}/infer (Open Inference Protocol v2)`,
    `  try it:    curl${token} --data-binary @image.png ${url}/classify`,
  ];
}
