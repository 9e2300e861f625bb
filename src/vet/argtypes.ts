// Which types a verb of a format string prints.
//
// Source: the documentation of package fmt, and go vet's answers.

import type { Expr } from '../syntax/nodes.ts';
import { identical } from '../types/predicates.ts';
import { Is, Kind, type Type, type TypeParam } from '../types/types.ts';
import { termsOf } from '../types/typeset.ts';
import { byPath, typeString } from '../types/typestring.ts';
import { unalias, under } from '../types/under.ts';
import { universeRune } from '../types/universe.ts';
import { givesString, isError, isNamed, methodOf, typeOf } from './pass.ts';

export const Arg = {
  Bool: 1,
  Byte: 2,
  Int: 4,
  Rune: 8,
  String: 16,
  Float: 32,
  Complex: 64,
  Pointer: 128,
  Error: 256,
  Any: -1,
} as const;

interface Verb {
  readonly flags: string;
  readonly accepts: number;
}

const number = ' -+.0';
const sharp = ' -+.0#';
const fraction: Verb = { flags: sharp, accepts: Arg.Float | Arg.Complex };
const whole: Verb = { flags: sharp, accepts: Arg.Int | Arg.Pointer };
const hex: Verb = {
  flags: sharp,
  accepts: Arg.Rune | Arg.Int | Arg.String | Arg.Pointer | Arg.Float | Arg.Complex,
};

const verbs = new Map<string, Verb>([
  ['%', { flags: '', accepts: 0 }],
  ['b', { flags: sharp, accepts: Arg.Int | Arg.Float | Arg.Complex | Arg.Pointer }],
  ['c', { flags: '-', accepts: Arg.Rune | Arg.Int }],
  ['d', { flags: number, accepts: Arg.Int | Arg.Pointer }],
  ...[...'eEfFgG'].map((v): [string, Verb] => [v, fraction]),
  ['o', whole],
  ['O', whole],
  ['p', { flags: '-#', accepts: Arg.Pointer }],
  ['q', { flags: sharp, accepts: Arg.Rune | Arg.Int | Arg.String }],
  ['s', { flags: number, accepts: Arg.String }],
  ['t', { flags: '-', accepts: Arg.Bool }],
  ['T', { flags: '-', accepts: Arg.Any }],
  ['U', { flags: '-#', accepts: Arg.Rune | Arg.Int }],
  ['v', { flags: sharp, accepts: Arg.Any }],
  ['w', { flags: sharp, accepts: Arg.Error }],
  ['x', hex],
  ['X', hex],
]);

/** What the verb takes; null: fmt does not know it. */
export function verbNamed(verb: string, version: number): Verb | null {
  const v = verbs.get(verb) ?? null;
  // Of integers, only those that are characters are quoted.
  if (v && verb === 'q' && version >= 26) return { ...v, accepts: Arg.Rune | Arg.Byte | Arg.String };
  return v;
}

/** Whether values of the type may format themselves as they like. */
export function isFormatter(t: Type): boolean {
  if (under(t).tag === 'Interface' && unalias(t).tag !== 'TypeParam') return true;
  const f = t.tag === 'Basic' ? null : methodOf(t, null, 'Format');
  if (!f) return false;
  const { params, results } = f.sig;
  return (
    params.length === 2 &&
    results.length === 0 &&
    isNamed(params[0]!.type!, 'fmt', 'State') &&
    identical(params[1]!.type!, universeRune)
  );
}

/** Whether the argument is printed by a verb that accepts that; otherwise why not, as far as that is to be said. */
export function accepts(what: number, arg: Expr): { readonly ok: boolean; readonly reason: string } {
  const t = typeOf(arg);
  if (what === Arg.Any || !t) return { ok: true, reason: '' };
  const m = new Matcher(what);
  return { ok: m.match(t, true), reason: m.reason };
}

function printsAsString(t: Type): boolean {
  if (t.tag === 'Basic') return false;
  if (isError(t)) return true;
  const f = methodOf(t, null, 'String');
  return f !== null && givesString(f);
}

class Matcher {
  reason = '';
  private readonly what: number;
  private readonly seen = new Set<Type>();

  constructor(what: number) {
    this.what = what;
  }

  /** top: it is the argument's own type, not one of a part. */
  match(t: Type, top: boolean): boolean {
    const { what } = this;
    if (what === Arg.Error) return isError(t);
    if (isFormatter(t)) return true;
    if (what & Arg.String && printsAsString(t)) return true;
    const a = unalias(t);
    if (a.tag === 'TypeParam') return this.typeParam(a, top);
    const u = under(t);
    if (this.seen.has(u)) return true;
    if (u.tag !== 'Basic') this.seen.add(u);
    switch (u.tag) {
      case 'Signature':
        return what === Arg.Pointer;
      case 'Map':
        return what === Arg.Pointer || (this.match(u.key, false) && this.match(u.elem, false));
      case 'Chan':
        return (what & Arg.Pointer) !== 0;
      case 'Array':
      case 'Slice': {
        const elem = under(u.elem);
        if (what & Arg.String && elem.tag === 'Basic' && elem.kind === Kind.Uint8) return true;
        if (u.tag === 'Slice' && what === Arg.Pointer) return true;
        return this.match(u.elem, false);
      }
      case 'Pointer': {
        if (what === Arg.Pointer || unalias(u.elem).tag === 'TypeParam') return true;
        const to = under(u.elem);
        if (!['Struct', 'Array', 'Slice', 'Map'].includes(to.tag)) return (what & Arg.Pointer) !== 0;
        return top && this.match(to, false);
      }
      case 'Struct':
        return u.fields.every(
          (f) =>
            this.match(f.type!, false) &&
            // Methods of what is not exported are not called.
            !(what & Arg.String && !f.exported && printsAsString(f.type!)),
        );
      case 'Interface':
        return true;
      case 'Basic':
        return this.basic(u.kind, u.info);
      default:
        return false;
    }
  }

  private basic(kind: Kind, info: number): boolean {
    const { what } = this;
    if (kind === Kind.Invalid) return true;
    if (kind === Kind.UnsafePointer) return (what & (Arg.Pointer | Arg.Int)) !== 0;
    if (kind === Kind.Uint8) return (what & (Arg.Int | Arg.Byte)) !== 0;
    if (kind === Kind.Int32 || kind === Kind.UntypedRune) return (what & (Arg.Int | Arg.Rune)) !== 0;
    if (info & Is.Boolean) return (what & Arg.Bool) !== 0;
    if (info & Is.Integer) return (what & Arg.Int) !== 0;
    if (info & Is.Float) return (what & Arg.Float) !== 0;
    if (info & Is.Complex) return (what & Arg.Complex) !== 0;
    return (info & Is.String) !== 0 && (what & Arg.String) !== 0;
  }

  private typeParam(t: TypeParam, top: boolean): boolean {
    if (this.seen.has(t)) return true;
    this.seen.add(t);
    const outermost = this.seen.size === 1;
    return termsOf(t, (term) => {
      if (!term) return false;
      if (this.match(term.type, top)) return true;
      const name = typeString(term.type, byPath);
      if (outermost) this.reason = `contains ${term.tilde ? '~' : ''}${name}`;
      return false;
    });
  }
}
