import { Converter, ReflectionKind } from 'typedoc';

/**
 * Names each module as it is imported: `branch-head/src/node` becomes `@earlyexit/branch-head/node`. Leaves out what
 * a class only inherits: it stands where it comes from.
 *
 * @param {import('typedoc').Application} app
 */
export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (_context, reflection) => {
    if (!reflection.kindOf(ReflectionKind.Module)) return;
    const [folder, , entry] = reflection.name.split('/');
    const path = entry === undefined || entry === 'index' ? '' : `/${entry}`;
    reflection.name = `@earlyexit/${folder}${path}`;
  });
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const reflection of project.getReflectionsByKind(ReflectionKind.ClassMember)) {
      if (reflection.isDeclaration() && reflection.inheritedFrom) project.removeReflection(reflection);
    }
  });
}
