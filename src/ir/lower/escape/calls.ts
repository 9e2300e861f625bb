// Escape analysis: calls, conversions and builtins.
//
// Guarantees: the arguments of a function that is not known flow to the heap; those of a known one go where its tags say.
// Source: cmd/compile/internal/escape (Go's compiler).

import type { CallExpr, Expr } from '../../../syntax/nodes.ts';
import { stringVal } from '../../../types/constant.ts';
import { lookupFieldOrMethod } from '../../../types/lookup.ts';
import {
  type Func,
  type Instance,
  Kind,
  Mode,
  type Obj,
  type Selection,
  SelKind,
  type Signature,
  type Type,
  type TypeAndValue,
} from '../../../types/types.ts';
import { unalias, under } from '../../../types/under.ts';
import { emptyInterface } from '../../../types/universe.ts';
import { builtinOf } from '../builtins.ts';
import { receiverArgs } from '../callee.ts';
import { intValue } from '../constants.ts';
import { genericFunc, unparen } from '../expr.ts';
import { hasPointers, layoutOf, varTypes } from '../layout.ts';
import { groupSlots } from '../mapmemory.ts';
import { isString } from '../numeric.ts';
import { type Analysis, type Lifted, smallString } from './analyse.ts';
import { dynamicType, implementation } from './devirtual.ts';
import { addrOf, deref, type Hole, shift, type Tag } from './graph.ts';

/** When a call is made: where it stands, in this frame when the function ends, or who knows where. */
export type When = 'now' | 'defer' | 'go';

/** ks: where the results go. */
export function flowCall(a: Analysis, ks: readonly Hole[], e: CallExpr, when: When): void {
  const tv = e.fun.tv as TypeAndValue;
  if (tv.mode === Mode.TypExpr) {
    conversion(a, ks[0] ?? a.g.discardHole, e);
    return;
  }
  if (tv.mode === Mode.Builtin) {
    builtin(a, ks[0] ?? a.g.discardHole, e, when);
    return;
  }
  if (when === 'go') {
    everythingEscapes(a, e);
    return;
  }
  const sig = under(a.typeOf(e.fun)) as Signature;
  const fun = unparen(e.fun);
  if (fun.kind === 'FuncLit') {
    const { params, results } = a.directLiteral(fun);
    argumentsFlow(a, e, sig, (i) => a.hole(params[i]!));
    results.forEach((l, i) => {
      if (ks[i]) a.g.flow(ks[i], l);
    });
    return;
  }
  const known = knownCallee(a, fun);
  if (!known) {
    a.discard(e.fun);
    argumentsFlow(a, e, sig, () => a.g.heapHole);
    return;
  }
  if (known.fn.name === 'EscapeNonString' && known.fn.pkg?.path === 'internal/abi') {
    const heap = hasOtherPointers(known.targs[0]!);
    argumentsFlow(a, e, sig, () => (heap ? a.g.heapHole : a.g.discardHole));
    return;
  }
  const first = known.recv ? 1 : 0;
  const own = when === 'now' && !known.virtual ? a.ownCall(known.fn, known.targs) : null;
  if (own) {
    if (known.recv) a.path(shift(a.hole(own.params[0]!), known.recv.derefs), known.recv.x, known.recv.path);
    argumentsFlow(a, e, sig, (i) => a.hole(own.params[i + first]!));
    own.results.forEach((l, i) => {
      if (ks[i]) a.g.flow(ks[i], l);
    });
    return;
  }
  const summary = a.summaryOf(known.fn, known.targs);
  const places =
    summary && summary.lifted.length > 0 ? givenMemory(a, ks, e, summary.lifted, known.virtual ? 'go' : when) : ks;
  const to = (i: number): Hole => tagged(a, places, summary?.tags[i] ?? null);
  if (known.recv) a.path(shift(to(0), known.recv.derefs), known.recv.x, known.recv.path);
  argumentsFlow(a, e, sig, (i) => to(i + first));
}

/** Has a value of this type pointers other than those of strings? */
function hasOtherPointers(t: Type): boolean {
  const u = under(t);
  if (u.tag === 'Array') return u.len > 0 && hasOtherPointers(u.elem);
  if (u.tag === 'Struct') return u.fields.some((f) => hasOtherPointers(f.type!));
  return !isString(t) && hasPointers(t);
}

/** The places of results and, behind them, of the memory that the call gives the function. */
function givenMemory(
  a: Analysis,
  ks: readonly Hole[],
  e: CallExpr,
  lifted: readonly Lifted[],
  when: When,
): readonly (Hole | undefined)[] {
  const places: (Hole | undefined)[] = ks.slice();
  if (when !== 'now') {
    for (const l of lifted) places[l.index] = a.g.heapHole;
    return places;
  }
  const locs = a.callSitesOf(e, lifted);
  lifted.forEach((l, i) => {
    places[l.index] = a.hole(locs[i]!);
  });
  lifted.forEach((l, i) => {
    for (const to of l.to) if (places[to]) a.g.flow(addrOf(places[to]), locs[i]!);
  });
  return places;
}

/** Where an argument goes, by the tag of its parameter. */
function tagged(a: Analysis, ks: readonly (Hole | undefined)[], tag: Tag | null): Hole {
  if (!tag) return a.g.heapHole;
  const out: Hole[] = [];
  if (tag.heap >= 0) out.push(shift(a.g.heapHole, tag.heap));
  tag.results.forEach((d, i) => {
    if (d >= 0 && ks[i]) out.push(shift(ks[i], d));
  });
  return a.tee(...out);
}

interface Callee {
  readonly fn: Func;
  readonly targs: readonly Type[];
  readonly recv: { readonly x: Expr; readonly path: readonly number[]; readonly derefs: number } | null;
  /** it is called through a method table all the same */
  readonly virtual?: true;
}

/** The declared function or method that a call expression calls. */
export function knownCallee(a: Analysis, fun: Expr, steps = 0): Callee | null {
  const plain = (obj: Obj | null, inst: Instance | null): Callee | null =>
    obj?.tag === 'Func' ? { fn: obj.origin, targs: inst ? a.env.substAll(inst.targs) : [], recv: null } : null;
  switch (fun.kind) {
    case 'Ident':
      return plain(fun.obj as Obj | null, fun.inst as Instance | null);
    case 'IndexExpr': {
      const g = genericFunc(fun.x);
      return g ? plain(g.fn, g.inst) : null;
    }
    case 'SelectorExpr': {
      const sel = fun.selection as Selection | null;
      if (!sel) return plain(fun.sel.obj as Obj | null, fun.sel.inst as Instance | null);
      if (sel.kind !== SelKind.MethodVal) return null;
      const m = methodOf(a, sel);
      if (m.iface) {
        if (m.path.length > 0) return null;
        const t = dynamicType(a, fun.x, 0, steps);
        const fn = t && implementation(t, m.fn);
        // the data word points to the receiver, or to what holds it
        return fn
          ? { fn: fn.origin, targs: receiverArgs(t), recv: { x: fun.x, path: [], derefs: 0 }, virtual: true }
          : null;
      }
      return { fn: m.fn.origin, targs: receiverArgs(m.recv), recv: { x: fun.x, path: m.path, derefs: m.derefs } };
    }
    default:
      return null;
  }
}

/** The method a selection means, the path to its receiver, and whether that is found through a method table. */
export function methodOf(
  a: Analysis,
  sel: Selection,
): { fn: Func; path: readonly number[]; recv: Type; iface: boolean; ptr: boolean; derefs: number } {
  const start = a.env.subst(sel.recv);
  let fn = sel.obj as Func;
  let index = sel.index;
  if (start !== sel.recv) {
    const found = lookupFieldOrMethod(start, true, fn.pkg, fn.name, false);
    if (found.obj?.tag === 'Func' && found.index) {
      fn = found.obj;
      index = found.index;
    }
  }
  const path = index.slice(0, -1);
  let recv = start;
  for (const i of path) {
    let u = under(recv);
    if (u.tag === 'Pointer') u = under(u.elem);
    if (u.tag === 'Struct') recv = u.fields[i]!.type!;
  }
  const ptr = fn.origin.ptrRecv || fn.ptrRecv;
  const isPtr = unalias(recv).tag === 'Pointer';
  return {
    fn,
    path,
    recv,
    iface: under(recv).tag === 'Interface',
    ptr,
    derefs: ptr ? (isPtr ? 0 : -1) : isPtr ? 1 : 0,
  };
}

/** Arguments flow to the places of parameters. */
function argumentsFlow(a: Analysis, e: CallExpr, sig: Signature, place: (i: number) => Hole): void {
  const types = varTypes(sig.params);
  const n = types.length;
  if (e.args.length === 1 && !e.ellipsis && (e.args[0]!.tv as TypeAndValue).type.tag === 'Tuple') {
    const x = unparen(e.args[0]!) as CallExpr;
    const from = (a.typeOf(x) as { vars: { type: Type | null }[] }).vars;
    const ks = from.map((v, i) => {
      if (sig.variadic && i >= n - 1) return a.g.heapHole;
      const t = types[i]!;
      return under(t).tag === 'Interface' && under(v.type!).tag !== 'Interface' ? a.boxed(place(i), v.type!) : place(i);
    });
    flowCall(a, ks, x, 'now');
    return;
  }
  const fixed = sig.variadic && !e.ellipsis ? n - 1 : n;
  for (let i = 0; i < fixed; i++) a.assign(place(i), e.args[i]!, types[i]!);
  if (fixed === n) return;
  const rest = e.args.slice(fixed);
  const u = under(types[fixed]!);
  if (u.tag !== 'Slice' || rest.length === 0) return;
  const size = rest.length * layoutOf(u.elem).size;
  const to = a.site(place(fixed), e, size <= maxVariadic ? types[fixed]! : null, {
    kind: 'array',
    elem: u.elem,
    n: rest.length,
  });
  for (const x of rest) a.assign(to, x, u.elem);
}

/** Bytes of a variadic argument's array that may be in the frame. */
const maxVariadic = 4 << 10;

/** A call by another goroutine, or from a list: all it needs is in the heap. */
function everythingEscapes(a: Analysis, e: CallExpr): void {
  const { heapHole } = a.g;
  const sig = under(a.typeOf(e.fun)) as Signature;
  const fun = unparen(e.fun);
  const sel = fun.kind === 'SelectorExpr' ? (fun.selection as Selection | null) : null;
  if (sel && sel.kind === SelKind.MethodVal && fun.kind === 'SelectorExpr') {
    const m = methodOf(a, sel);
    a.path(shift(heapHole, m.iface ? 0 : m.derefs), fun.x, m.path);
  } else a.expr(heapHole, fun);
  argumentsFlow(a, e, sig, () => heapHole);
}

function conversion(a: Analysis, k: Hole, e: CallExpr): void {
  const x = e.args[0]!;
  const to = a.typeOf(e);
  const tv = x.tv as TypeAndValue;
  if (tv.mode === Mode.Nil) return;
  const from = a.typeOf(x);
  const t = under(to);
  const s = under(from);
  if (t.tag === 'Interface') a.assign(k, x, to);
  else if (t.tag === 'Basic' && t.kind === Kind.UnsafePointer && s.tag === 'Basic' && s.kind !== Kind.UnsafePointer)
    unsafeValue(a, k, x);
  else if (isString(t) !== isString(s)) {
    a.discard(x);
    a.buffer(k, e, bufferSize(t, tv.value ? stringVal(tv.value).length : 0));
  } else if (s.tag === 'Slice' && t.tag === 'Array') a.expr(deref(k), x);
  else a.expr(k, x);
}

/** Bytes of the memory for a string or slice that is converted. n: the string's length if it is constant. */
function bufferSize(to: Type, n: number): number {
  const ofBytes = to.tag === 'Slice' && layoutOf(to.elem).size === 1;
  if (ofBytes && n > 0) return n;
  return to.tag === 'Slice' && !ofBytes ? 4 * smallString : smallString;
}

/** A pointer made of the number e: the pointers in the arithmetic behind it. */
function unsafeValue(a: Analysis, k: Hole, e: Expr): void {
  const x = unparen(e);
  if (x.kind === 'CallExpr' && (x.fun.tv as TypeAndValue).mode === Mode.TypExpr) {
    const arg = x.args[0]!;
    const u = under(a.typeOf(arg));
    if (u.tag === 'Basic' && u.kind === Kind.UnsafePointer) {
      a.expr(k, arg);
      return;
    }
    if (u.tag === 'Basic') {
      unsafeValue(a, k, arg);
      return;
    }
  }
  if (x.kind === 'BinaryExpr') {
    unsafeValue(a, k, x.x);
    unsafeValue(a, k, x.y);
    return;
  }
  if (x.kind === 'UnaryExpr') {
    unsafeValue(a, k, x.x);
    return;
  }
  a.discard(x);
}

function builtin(a: Analysis, k: Hole, e: CallExpr, when: When): void {
  const { heapHole, discardHole } = a.g;
  const only = e.args.length === 1 && !e.ellipsis ? unparen(e.args[0]!) : null;
  if (only?.kind === 'CallExpr' && (only.tv as TypeAndValue).type.tag === 'Tuple') {
    flowCall(
      a,
      a.tupleTypes(only).map(() => a.tee(heapHole, k)),
      only,
      'now',
    );
    return;
  }
  const [x, y] = e.args as [Expr, Expr];
  switch (builtinOf(e).id) {
    case 'append': {
      const t = a.typeOf(e);
      const u = under(t);
      const elem = u.tag === 'Slice' ? u.elem : t;
      // the elements may be copied to new memory
      const contents = hasPointers(elem) ? deref(heapHole) : discardHole;
      a.expr(a.tee(k, contents), x);
      for (const v of e.args.slice(1)) {
        if (e.ellipsis) a.expr(isString(a.typeOf(v)) ? discardHole : contents, v);
        else a.assign(heapHole, v, elem);
      }
      return;
    }
    case 'copy': {
      a.discard(x);
      const u = under(a.typeOf(y));
      a.expr(u.tag === 'Slice' && hasPointers(u.elem) ? deref(heapHole) : discardHole, y);
      return;
    }
    case 'panic':
      a.assign(heapHole, x, emptyInterface);
      return;
    case 'new': {
      const u = under(a.typeOf(e));
      if (u.tag !== 'Pointer') return;
      const to = a.site(k, e, u.elem, { kind: 'object', type: u.elem });
      if ((x.tv as TypeAndValue).mode !== Mode.TypExpr) a.assign(to, x, u.elem);
      return;
    }
    case 'make': {
      const u = under(a.typeOf(e));
      for (const v of e.args.slice(1)) a.discard(v);
      if (u.tag === 'Map') {
        const hint = e.args[1] ? (e.args[1].tv as TypeAndValue).value : null;
        if (!e.args[1] || (hint && Number(intValue(hint, true)) <= groupSlots)) a.map(k, e, u);
        return;
      }
      if (u.tag !== 'Slice') return;
      const size = (e.args[2] ?? y).tv as TypeAndValue;
      const n = size.value ? Number(intValue(size.value, true)) : -1;
      const bytes = n * layoutOf(u.elem).size;
      const fits = n >= 0 && bytes <= maxMake;
      a.site(k, e, fits ? a.typeOf(e) : null, n > 0 ? { kind: 'array', elem: u.elem, n } : null);
      return;
    }
    case 'min':
    case 'max':
    case 'Add':
    case 'Slice':
    case 'SliceData':
    case 'String':
    case 'StringData':
      a.expr(k, x);
      for (const v of e.args.slice(1))
        if (isString(a.typeOf(v))) a.expr(k, v);
        else a.discard(v);
      return;
    default: {
      const to = when === 'go' ? heapHole : discardHole;
      for (const v of e.args) {
        const tv = v.tv as TypeAndValue;
        if (tv.mode !== Mode.TypExpr) a.expr(to, v);
      }
    }
  }
}

/** Bytes of a slice that is made in the frame. */
const maxMake = 64 << 10;
