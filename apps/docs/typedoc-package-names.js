import { Converter, ReflectionKind } from 'typedoc';

/**
 * Names each module as it is imported: `branch-head/src/node` becomes `@earlyexit/branch-head/node`.
 *
 * @param {import('typedoc').Application} app
 */
export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (_context, reflection) => {
    if (!reflection.kindOf(ReflectionKind.Module)) return;
    const [folder, , entry] = reflection.name.split('/');
    reflection.name =
      entry === undefined || entry === 'index' ? `@earlyexit/${folder}` : `@earlyexit/${folder}/${entry}`;
  });
}
