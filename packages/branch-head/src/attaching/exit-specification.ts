import type { HeadBuilder } from '../heads/head';
import type { HeadName, HeadOptions } from '../heads/head-registry';

/** A registered head with its options. */
export type HeadChoice =
  | {
      [Name in keyof HeadOptions]: { readonly name: Name; readonly options?: HeadOptions[Name] };
    }[keyof HeadOptions]
  | { readonly name: HeadName; readonly options?: object };

/** One exit to attach. */
export interface ExitSpecification {
  /** The layer whose output the head reads; `name#2` for the second application of a shared layer. */
  readonly after: string;
  readonly head: HeadName | HeadBuilder | HeadChoice;
  /** The exit's name and the prefix of its layers; `exit0`, `exit1`, … by depth unless given. */
  readonly name?: string;
}
