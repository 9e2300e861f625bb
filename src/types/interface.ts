// Interface types, and the unions in constraints.
//
// Guarantees: an interface is complete once its body has been gone through; its type set is computed later, which is when
// errors in it are reported.
// Source: Go specification, "Interface types", "General interfaces"; wording of gc 1.26.

import type { BinaryExpr, Expr, InterfaceType } from '../syntax/nodes.ts';
import { T } from '../syntax/token.ts';
import type { Checker } from './checker.ts';
import { startPos } from './positions.ts';
import { identical, isInterface, isTypeParam, isValid } from './predicates.ts';
import { invalidType, recordDef, recordTypeAndValue } from './record.ts';
import { Func, type Interface, Mode, type Term, type Type, type TypeName, Union, Var } from './types.ts';
import { checkerTypeSet, compareFunc, termsDisjoint, topTypeSet } from './typeset.ts';
import { byPath, typeString } from './typestring.ts';
import { typ } from './typexpr.ts';
import { asNamed, under } from './under.ts';
import { universeComparable } from './universe.ts';

/** Fills in the interface; def is the type name it is the declaration of, if any. */
export function interfaceType(c: Checker, ityp: Interface, e: InterfaceType, def: TypeName | null): void {
  for (const f of e.methods) {
    const name = f.names[0];
    if (!name) {
      ityp.embeddeds.push(parseUnion(c, f.type));
      ityp.embedPos.push(startPos(f.type));
      continue;
    }
    if (name.name === '_') {
      c.error(name, 'methods must have a unique non-blank name');
      continue;
    }
    const sig = typ(c, f.type);
    if (sig.tag !== 'Signature') continue;
    const named = def?.type ? asNamed(def.type) : null;
    sig.recv = new Var(name.pos, c.pkg, '', named ?? ityp, 'recv');
    const m = new Func(name.pos, c.pkg, name.name, sig);
    recordDef(name, m);
    ityp.methods.push(m);
  }
  ityp.complete = true;
  ityp.reporter = c;
  if (ityp.methods.length === 0 && ityp.embeddeds.length === 0) {
    ityp.tset = topTypeSet;
    return;
  }
  ityp.methods.sort(compareFunc);
  if (!c.conf.lazyBodies) c.interfaces.push({ pos: e.pos, end: e.rbrace, type: ityp });
  c.later(() => checkerTypeSet(c, e.pos, ityp));
}

const maxTerms = 100;

/** A | ~B | C, or a single type. */
function parseUnion(c: Checker, e: Expr): Type {
  const ops: BinaryExpr[] = [];
  const list: Expr[] = [];
  flatten(e, ops, list);
  const terms: Term[] = [];
  let u: Type = invalidType;
  let valid = true;
  for (let i = 0; i < list.length; i++) {
    const x = list[i]!;
    const term = parseTilde(c, x);
    if (list.length === 1 && !term.tilde) return term.type;
    if (terms.length >= maxTerms) {
      if (valid) c.error(x, `cannot handle more than ${maxTerms} union terms (implementation limitation)`);
      valid = false;
      u = invalidType;
    } else {
      terms.push(term);
      u = new Union(terms);
    }
    if (i > 0) recordTypeAndValue(ops[i - 1]!, Mode.TypExpr, u, null);
  }
  if (valid) c.later(() => checkTerms(c, terms, list));
  return u;
}

function checkTerms(c: Checker, terms: readonly Term[], list: readonly Expr[]): void {
  for (let i = 0; i < terms.length; i++) {
    const t = terms[i]!;
    const at = list[i]!;
    if (!isValid(t.type)) continue;
    const u = under(t.type);
    // terms are written with the full path of their package
    const text = c.str(t.type);
    const term = termString(t);
    if (t.tilde) {
      if (u.tag === 'Interface') {
        c.error(at, `invalid use of ~ (${text} is an interface)`);
        continue;
      }
      if (!identical(u, t.type)) {
        c.error(at, `invalid use of ~ (underlying type of ${text} is ${c.str(u)})`);
        continue;
      }
    }
    if (u.tag === 'Interface') {
      const tset = checkerTypeSet(c, startPos(at), u);
      if (tset.methods.length > 0) c.error(at, `cannot use ${term} in union (${term} contains methods)`);
      else if (t.type === universeComparable.type) c.error(at, 'cannot use comparable in union');
      else if (tset.comparable) c.error(at, `cannot use ${term} in union (${term} embeds comparable)`);
      continue;
    }
    const j = overlapping(terms, i, t);
    if (j >= 0) c.softError(at, `overlapping terms ${term} and ${termString(terms[j]!)}`);
  }
}

function termString(t: Term): string {
  return (t.tilde ? '~' : '') + typeString(t.type, byPath);
}

/** The first of the n terms that has a type in common with y; -1 if none. */
function overlapping(terms: readonly Term[], n: number, y: Term): number {
  for (let i = 0; i < n; i++) {
    const x = terms[i]!;
    if (!isInterface(x.type) && !termsDisjoint(x, y)) return i;
  }
  return -1;
}

function parseTilde(c: Checker, tx: Expr): Term {
  const tilde = tx.kind === 'UnaryExpr' && tx.op === T.TILDE;
  const x = tilde ? tx.x : tx;
  let type = typ(c, x);
  if (isTypeParam(type)) {
    if (tilde) c.error(x, `type in term ${c.exprstr(tx)} cannot be a type parameter`);
    else c.error(x, 'term cannot be a type parameter');
    type = invalidType;
  }
  const term = { tilde, type };
  if (tilde) recordTypeAndValue(tx, Mode.TypExpr, new Union([term]), null);
  return term;
}

function flatten(e: Expr, ops: BinaryExpr[], list: Expr[]): void {
  if (e.kind === 'BinaryExpr' && e.op === T.OR) {
    flatten(e.x, ops, list);
    ops.push(e);
    e = e.y;
  }
  list.push(e);
}
