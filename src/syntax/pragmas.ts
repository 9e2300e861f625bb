// Where `//go:` directives may stand.
//
// Source: cmd/compile's rules for directives, and what it says of those that it finds elsewhere.

import type { Directive } from './nodes.ts';

/** What a directive stands before. */
export type Place = 'package' | 'func' | 'var' | 'other';

const ofFunctions: ReadonlySet<string> = new Set([
  'go:noescape',
  'go:norace',
  'go:nosplit',
  'go:noinline',
  'go:nocheckptr',
  'go:registerparams',
  'go:cgo_unsafe_args',
  'go:uintptrkeepalive',
  'go:uintptrescapes',
  'go:systemstack',
  'go:nowritebarrier',
  'go:nowritebarrierrec',
  'go:yeswritebarrierrec',
]);

const named: ReadonlySet<string> = new Set(['go:embed', 'go:wasmimport', 'go:wasmexport']);

/** What is wrong with a directive that belongs to nothing; null if it may stand anywhere. */
export function misplaced(d: Directive): string | null {
  if (named.has(d.name)) return `misplaced ${d.name} directive`;
  return d.name === 'go:build' || ofFunctions.has(d.name) ? 'misplaced compiler directive' : null;
}

/** May d stand there? Those of functions shared with the host are ignored at other declarations. */
export function allowed(d: Directive, place: Place): boolean {
  if (d.name === 'go:wasmimport' || d.name === 'go:wasmexport') return true;
  if (d.name === 'go:embed') return place === 'var';
  if (d.name === 'go:build') return place === 'package';
  return place === 'func' || !ofFunctions.has(d.name);
}
