// What the algorithms on types ask of the checker, which they do not know.

import type { Pos } from '../syntax/nodes.ts';
import type { ErrorDesc } from './errors.ts';
import type { Package } from './types.ts';
import type { Qualifier } from './typestring.ts';

export interface Reporter {
  readonly pkg: Package;
  readonly qualifier: Qualifier;
  error(at: Pos, msg: string): void;
  report(err: ErrorDesc): void;
  later(run: () => void): void;
  allowVersion(want: number): boolean;
  verifyVersion(at: Pos, want: number, what: string): boolean;
  posstr(pos: Pos): string;
}

/** Where a failing test leaves its reason. */
export interface Cause {
  msg: string;
}
