import type { ServedModel } from '@earlyexit/server';

/** Where the server listens, and what to type to try it. */
export function describeServer(url: string, models: readonly ServedModel[], hasToken: boolean): string[] {
  const names = models.map(({ name, session }) => name ?? session.metadata.name);
  const example = models.some(({ session }) => session.metadata.preprocessing !== null)
    ? `curl${hasToken ? ' -H "Authorization: Bearer TOKEN"' : ''} --data-binary @image.png ${url}/classify`
    : `curl ${url}/v2/models/${names[0]!}`;
  return [
    `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} served at ${url}`,
    `  inference: POST ${url}/v2/models/${names[0]!}/infer (Open Inference Protocol v2)`,
    `  metrics:   GET ${url}/metrics`,
    `  try it:    ${example}`,
  ];
}
