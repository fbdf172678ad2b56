import type pc from 'picocolors';

/** Paints text, or leaves it as it is where colour is off. */
export type Colors = ReturnType<typeof pc.createColors>;
