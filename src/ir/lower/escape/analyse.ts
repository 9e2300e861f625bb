// Escape analysis of one declared function and the literals in it: what flows where.
//
// Assumes: the body is checked. Guarantees: afterwards `escapes` answers for each variable and each expression that makes
// memory, and `boxEscapes` for each that is put into an interface; `tags` says what the function does with its parameters.
// Maps of more than a group, channels and the memory that append and conversions make are in the heap always. Where gc would inline the function, what it
// makes once and returns can be lifted: a version of the function takes that memory from its caller (`lifted`, `callSites`).
// Source: cmd/compile/internal/escape (Go's compiler); Go specification.

import type { BlockStmt, CompositeLit, Expr, FuncLit, RangeStmt, ReturnStmt, Stmt } from '../../../syntax/nodes.ts';
import { T } from '../../../syntax/token.ts';
import { identical } from '../../../types/predicates.ts';
import {
  type Func,
  Kind,
  type MapT,
  Mode,
  type Obj,
  Pointer,
  type Selection,
  SelKind,
  type Signature,
  type Type,
  type TypeAndValue,
  type Var,
} from '../../../types/types.ts';
import { under } from '../../../types/under.ts';
import { Typ } from '../../../types/universe.ts';
import type { TypeEnv } from '../env.ts';
import { hasPointers, isDirectIface, layoutOf } from '../layout.ts';
import { groupSlots, mapBytes } from '../mapmemory.ts';
import { isString } from '../numeric.ts';
import { scanBody, variablesIn } from '../scan.ts';
import { exprChildren } from '../walk.ts';
import { flowCall, methodOf } from './calls.ts';
import { dynamicResults, type Initialisers } from './devirtual.ts';
import { addrOf, deref, Frame, Graph, type Hole, type Loc, type Memory, shift, type Tag, tee } from './graph.ts';
import { stmtFlow } from './stmts.ts';

/** Memory that a caller may give a function. */
export interface Lifted {
  /** its number, behind those of the results, in tags and in `to` */
  readonly index: number;
  readonly memory: Memory;
  /** the results and lifted memory that its address flows to */
  readonly to: ReadonlySet<number>;
}

/** What is known of a function when it is called. */
export interface Summary {
  /** of its parameters, the receiver first */
  readonly tags: readonly Tag[];
  readonly lifted: readonly Lifted[];
  /** the types that results of interface types always hold, where known */
  readonly dynamic: readonly (Type | null)[];
}

/** Null: nothing is known. */
export type SummaryOf = (fn: Func, targs: readonly Type[]) => Summary | null;

/** Where the memory is that a call gives: the caller's caller gives it (then with that number), the frame, or the heap. */
export type Place = number | 'frame' | 'heap';

interface CallSite {
  readonly memory: Memory;
  readonly loc: Loc;
}

/** Larger variables and temporaries go to the heap, and so does what makes a frame too large. */
const maxVarSize = 64 << 10;
const maxFrameSize = 192 << 10;

/** Bytes of a string that is made in the frame. */
export const smallString = 32;

/** Does a variable share its memory with closures (rather than give them a copy)? */
export type SharedWithClosures = (v: Var, type: Type) => boolean;

export class Analysis {
  readonly g = new Graph();
  readonly env: TypeEnv;
  readonly summaryOf: SummaryOf;
  readonly initialisers: Initialisers = new Map();
  frame: Frame;
  loopDepth = 1;
  /** deferred calls of the current function are kept in its frame */
  openDefers = false;
  private readonly shared: SharedWithClosures;
  private readonly vars = new Map<Var, Loc>();
  private readonly sites = new Map<Expr, Loc>();
  /** memory of values in interfaces, by the expressions that have the values */
  private readonly boxes = new Map<Expr, Loc>();
  private readonly resultsOf = new Map<Frame, readonly Loc[]>();
  private readonly resultTypesOf = new Map<Frame, readonly Type[]>();
  private readonly calls = new Map<Expr, readonly CallSite[]>();
  private frameSize = 0;
  private params: Loc[] = [];
  private readonly outer: Frame;
  private fn: Func | null = null;
  /** number of the next location that can be lifted; -1: none can */
  private nextLifted = -1;
  private returns = 0;
  private dynamic: readonly (Type | null)[] = [];
  private readonly inlined: boolean;

  /** inlined: what the function returns may be its caller's memory. */
  constructor(env: TypeEnv, summaryOf: SummaryOf, shared: SharedWithClosures, inlined = false) {
    this.inlined = inlined;
    this.env = env;
    this.summaryOf = summaryOf;
    this.shared = shared;
    this.outer = new Frame(null, false);
    this.frame = this.outer;
  }

  /** Analyses a function. */
  run(fn: Func, sig: Signature, body: BlockStmt): void {
    this.fn = fn;
    this.params = (sig.recv ? [sig.recv, ...sig.params] : sig.params).map((v, i) => this.declare(v, 'param', i));
    this.signatureResults(sig, true);
    if (this.inlined) this.nextLifted = sig.results.length;
    this.body(body);
    this.g.solve();
  }

  /** Analyses an expression outside of functions. */
  runInit(e: Expr): void {
    this.expr(this.g.heapHole, e);
    this.g.solve();
  }

  get summary(): Summary {
    const lifted: Lifted[] = [];
    for (const l of this.g.locs) if (l.lifted && l.memory) lifted.push({ index: l.index, memory: l.memory, to: l.to! });
    return { tags: this.params.map((l) => l.tag), lifted, dynamic: this.returns === 1 ? this.dynamic : [] };
  }

  /** Where v must be if it is to have an address; null if it is a variable of the compiler's own. */
  varPlace(v: Var): Place | null {
    const l = this.vars.get(v);
    return l ? placeOf(l) : null;
  }

  sitePlace(e: Expr): Place {
    const l = this.sites.get(e);
    return l ? placeOf(l) : 'heap';
  }

  /** What a call of a known function gives it, in the order of the function's `lifted`. */
  callSites(e: Expr): { readonly memory: Memory; readonly place: Place }[] {
    return (this.calls.get(e) ?? []).map((s) => ({ memory: s.memory, place: placeOf(s.loc) }));
  }

  /** Where the value of e is when it is put into an interface. */
  boxPlace(e: Expr): Place {
    const l = this.boxes.get(e);
    return l ? placeOf(l) : 'heap';
  }

  // Locations.

  typeOf(e: Expr): Type {
    return this.env.subst((e.tv as TypeAndValue).type);
  }

  declare(v: Var, kind: 'var' | 'param' | 'result' = 'var', index = -1): Loc {
    let l = this.vars.get(v);
    if (!l) {
      l = this.g.loc(kind, this.frame, this.loopDepth, index);
      this.vars.set(v, l);
      const type = this.env.subst(v.type!);
      this.account(l, type);
      if (kind === 'var') this.liftable(l, { kind: 'object', type });
    }
    return l;
  }

  /** l is made at most once in a call, so that its memory can be the caller's. */
  private liftable(l: Loc, memory: Memory): void {
    if (this.nextLifted < 0 || l.escapes || l.frame !== this.outer || l.loopDepth !== 1) return;
    if (sizeOf(memory) === 0) return;
    l.memory = memory;
    l.index = this.nextLifted++;
  }

  private account(l: Loc, type: Type): void {
    this.accountBytes(l, layoutOf(type).size);
  }

  private accountBytes(l: Loc, size: number): void {
    this.frameSize += size;
    if (size > maxVarSize || this.frameSize > maxFrameSize) l.escapes = true;
  }

  private signatureResults(sig: Signature, own: boolean): Loc[] {
    const rs = sig.results.map((v, i) => this.declare(v, 'result', own ? i : -1));
    this.resultsOf.set(this.frame, rs);
    this.resultTypesOf.set(
      this.frame,
      sig.results.map((v) => this.env.subst(v.type!)),
    );
    return rs;
  }

  /** A new location for memory that e makes; its address flows to k. type: what it takes of the frame; null: it is in the heap. */
  site(k: Hole, e: Expr, type: Type | null, memory: Memory | null = null): Hole {
    const l = this.g.loc('site', this.frame, this.loopDepth);
    if (type) this.account(l, type);
    else l.escapes = true;
    if (memory) this.liftable(l, memory);
    this.sites.set(e, l);
    this.g.flow(addrOf(k), l);
    return { dst: l, derefs: 0, also: null };
  }

  /** As site, for memory nobody asks about. */
  private heapSite(k: Hole): Hole {
    const l = this.g.loc('site', this.frame, this.loopDepth);
    l.escapes = true;
    this.g.flow(addrOf(k), l);
    return { dst: l, derefs: 0, also: null };
  }

  /** Memory for n bytes of a string or slice that e makes of others; its address flows to k. */
  buffer(k: Hole, e: Expr, n: number): void {
    const l = this.g.loc('site', this.frame, this.loopDepth);
    this.accountBytes(l, n);
    this.liftable(l, { kind: 'array', elem: Typ[Kind.Uint8]!, n });
    this.sites.set(e, l);
    this.g.flow(addrOf(k), l);
  }

  /** A small map that e makes; what is put into it goes to the heap. */
  map(k: Hole, e: Expr, t: MapT): void {
    const l = this.g.loc('site', this.frame, this.loopDepth);
    this.accountBytes(l, mapBytes(t));
    this.sites.set(e, l);
    this.g.flow(addrOf(k), l);
  }

  /** The memory that a call gives a function. */
  callSitesOf(e: Expr, lifted: readonly Lifted[]): readonly Loc[] {
    const sites = lifted.map(({ memory }) => {
      const loc = this.g.loc('site', this.frame, this.loopDepth);
      this.accountBytes(loc, sizeOf(memory));
      this.liftable(loc, memory);
      return { memory, loc };
    });
    this.calls.set(e, sites);
    return sites.map((s) => s.loc);
  }

  hole(l: Loc): Hole {
    return { dst: l, derefs: 0, also: null };
  }

  // Expressions.

  discard(e: Expr): void {
    this.expr(this.g.discardHole, e);
  }

  /** The value of e, as a value of type `to`, flows to k. */
  assign(k: Hole, e: Expr, to: Type): void {
    const tv = e.tv as TypeAndValue | null;
    if (!tv || tv.mode === Mode.Nil) return;
    const from = this.typeOf(e);
    if (under(to).tag === 'Interface' && under(from).tag !== 'Interface') this.expr(this.boxed(k, from, e), e);
    else this.expr(k, e);
  }

  /** Where a value of type t goes when it is put into an interface that flows to k. e: the expression that has the value. */
  boxed(k: Hole, t: Type, e: Expr | null = null): Hole {
    if (isDirectIface(t)) return k;
    if (!e) return this.heapSite(k);
    let l = this.boxes.get(e);
    if (!l) {
      l = this.g.loc('site', this.frame, this.loopDepth);
      this.account(l, t);
      this.liftable(l, { kind: 'object', type: t });
      this.boxes.set(e, l);
    }
    this.g.flow(addrOf(k), l);
    return this.hole(l);
  }

  expr(k: Hole, e: Expr): void {
    const tv = e.tv as TypeAndValue | null;
    if (tv && (tv.value || tv.mode === Mode.TypExpr || tv.mode === Mode.Nil || tv.mode === Mode.Builtin)) return;
    if (tv && k.derefs >= 0 && !k.also && tv.type.tag !== 'Tuple' && !hasPointers(this.typeOf(e)))
      k = this.g.discardHole;
    switch (e.kind) {
      case 'ParenExpr':
        this.expr(k, e.x);
        return;
      case 'Ident': {
        const obj = e.obj as Obj | null;
        if (obj?.tag === 'Var' && obj.kind !== 'package') this.g.flow(k, this.declare(obj));
        return;
      }
      case 'FuncLit':
        this.literal(k, e);
        return;
      case 'CompositeLit':
        this.composite(k, e);
        return;
      case 'SelectorExpr':
        this.selector(k, e);
        return;
      case 'IndexExpr': {
        const xtv = e.x.tv as TypeAndValue | null;
        if (!xtv || xtv.mode === Mode.TypExpr) return;
        const u = under(this.typeOf(e.x));
        if (u.tag === 'Signature') return;
        for (const i of e.indices) this.discard(i);
        if (u.tag === 'Map') this.discard(e.x);
        else this.expr(u.tag === 'Array' ? k : isString(u) ? this.g.discardHole : deref(k), e.x);
        return;
      }
      case 'SliceExpr': {
        for (const x of [e.low, e.high, e.max]) if (x) this.discard(x);
        this.expr(under(this.typeOf(e.x)).tag === 'Array' ? addrOf(k) : k, e.x);
        return;
      }
      case 'StarExpr':
        this.expr(deref(k), e.x);
        return;
      case 'TypeAssertExpr': {
        const to = this.env.subst((e.type!.tv as TypeAndValue).type);
        this.expr(under(to).tag === 'Interface' || isDirectIface(to) ? k : deref(k), e.x);
        return;
      }
      case 'CallExpr':
        flowCall(this, [k], e, 'now');
        return;
      case 'UnaryExpr': {
        if (e.op !== T.AND) {
          this.discard(e.x);
          return;
        }
        let x = e.x;
        while (x.kind === 'ParenExpr') x = x.x;
        if (x.kind === 'CompositeLit') {
          const type = this.typeOf(x);
          this.elements(this.site(k, e, type, { kind: 'object', type }), x, type);
        } else this.expr(addrOf(k), x);
        return;
      }
      case 'BinaryExpr':
        if (e.op === T.ADD && tv && isString(this.typeOf(e))) {
          this.concatenated(e);
          this.buffer(k, e, smallString);
          return;
        }
        this.discard(e.x);
        this.discard(e.y);
        return;
      default:
        exprChildren(e, (x) => this.discard(x));
    }
  }

  /** The operands of a concatenation, which is one whatever its parentheses. */
  private concatenated(e: Expr): void {
    let x = e;
    while (x.kind === 'ParenExpr') x = x.x;
    if (x.kind === 'BinaryExpr' && x.op === T.ADD && !(x.tv as TypeAndValue).value) {
      this.concatenated(x.x);
      this.concatenated(x.y);
    } else this.discard(x);
  }

  private selector(k: Hole, e: Expr & { kind: 'SelectorExpr' }): void {
    const sel = e.selection as Selection | null;
    if (!sel) return;
    switch (sel.kind) {
      case SelKind.FieldVal:
        this.path(k, e.x, sel.index);
        return;
      case SelKind.MethodVal: {
        // bound to a closure in the heap, called by who knows whom
        const m = methodOf(this, sel);
        const t = this.typeOf(e.x);
        const k2 = m.iface || !m.ptr || under(t).tag === 'Pointer' ? this.g.heapHole : addrOf(this.g.heapHole);
        this.path(k2, e.x, m.path);
        return;
      }
      default:
        return;
    }
  }

  /** The field of e at the end of a path flows to k. */
  path(k: Hole, e: Expr, index: readonly number[]): void {
    this.expr(shift(k, pathDerefs(this.typeOf(e), index)), e);
  }

  composite(k: Hole, e: CompositeLit): void {
    const t = this.typeOf(e);
    const u = under(t);
    switch (u.tag) {
      case 'Pointer':
        // the slice behind &[]T{…} is another site of the same expression
        this.elements(under(u.elem).tag === 'Slice' ? this.heapSite(k) : this.site(k, e, u.elem), e, u.elem);
        return;
      default:
        this.elements(k, e, t);
    }
  }

  private elements(k: Hole, e: CompositeLit, t: Type): void {
    const u = under(t);
    switch (u.tag) {
      case 'Struct':
        e.elts.forEach((x, i) => {
          if (x.kind === 'KeyValueExpr') {
            const name = (x.key as { name: string }).name;
            this.assign(k, x.value, u.fields.find((f) => f.name === name)!.type!);
          } else this.assign(k, x, u.fields[i]!.type!);
        });
        return;
      case 'Array':
        for (const x of e.elts) this.assign(k, x.kind === 'KeyValueExpr' ? x.value : x, u.elem);
        return;
      case 'Slice': {
        const n = e.elts.length;
        const fits = n * layoutOf(u.elem).size <= maxVarSize && !e.elts.some((x) => x.kind === 'KeyValueExpr');
        const to = this.site(k, e, fits ? u : null, n > 0 ? { kind: 'array', elem: u.elem, n } : null);
        if (fits) this.frameSize += n * layoutOf(u.elem).size;
        for (const x of e.elts) this.assign(to, x.kind === 'KeyValueExpr' ? x.value : x, u.elem);
        return;
      }
      case 'Map':
        if (e.elts.length <= groupSlots) this.map(k, e, u);
        for (const x of e.elts)
          if (x.kind === 'KeyValueExpr') {
            this.assign(this.g.heapHole, x.key, u.key);
            this.assign(this.g.heapHole, x.value, u.elem);
          }
        return;
      default:
        return;
    }
  }

  /** A closure; what it captures flows into it. */
  private literal(k: Hole, e: FuncLit): void {
    const l = this.site(k, e, new Pointer(this.typeOf(e)));
    this.captures(l, e.body, this.functionBody(e, false));
  }

  /** A literal that is called where it stands: arguments and results flow directly. */
  directLiteral(e: FuncLit): { params: readonly Loc[]; results: readonly Loc[]; variadic: boolean } {
    const l = this.site(this.g.discardHole, e, new Pointer(this.typeOf(e)));
    const frame = this.functionBody(e, true);
    this.captures(l, e.body, frame);
    const sig = (e.tv as TypeAndValue).type as Signature;
    return {
      params: sig.params.map((v) => this.declare(v)),
      results: this.resultsOf.get(frame)!,
      variadic: sig.variadic,
    };
  }

  private functionBody(e: FuncLit, direct: boolean): Frame {
    const frame = new Frame(this.frame, direct);
    const sig = (e.tv as TypeAndValue).type as Signature;
    this.inFrame(frame, () => {
      for (const v of sig.params) this.declare(v, 'param');
      this.signatureResults(sig, false);
      this.body(e.body);
    });
    return frame;
  }

  private inFrame(frame: Frame, f: () => void): void {
    const saved = { frame: this.frame, loopDepth: this.loopDepth, openDefers: this.openDefers };
    this.frame = frame;
    this.loopDepth = 1;
    f();
    this.frame = saved.frame;
    this.loopDepth = saved.loopDepth;
    this.openDefers = saved.openDefers;
  }

  /** The free variables of a function body flow to its closure: their values, or their addresses. */
  private captures(closure: Hole, body: Stmt, inner: Frame): void {
    for (const v of variablesIn(body)) {
      const l = this.vars.get(v);
      if (!l || l.frame === inner || inner.strictlyContains(l.frame!)) continue;
      this.g.flow(this.shared(v, this.env.subst(v.type!)) ? addrOf(closure) : closure, l);
    }
  }

  // Statements.

  body(s: BlockStmt): void {
    const scan = scanBody(s, (x) => this.isRangeFunc(x));
    this.openDefers = !scan.repeatedDefer && scan.defers <= 8;
    this.block(s.list);
  }

  isRangeFunc(x: Expr): boolean {
    const tv = x.tv as TypeAndValue | null;
    return tv !== null && under(this.env.subst(tv.type)).tag === 'Signature';
  }

  block(list: readonly Stmt[]): void {
    for (const s of list) this.stmt(s);
  }

  inLoop(f: () => void): void {
    this.loopDepth++;
    f();
    this.loopDepth--;
  }

  private stmt(s: Stmt): void {
    stmtFlow(this, s);
  }

  /** At a return statement. */
  returned(s: ReturnStmt): void {
    this.returns++;
    if (this.inlined && this.frame === this.outer) this.dynamic = dynamicResults(this, s, this.results.length);
  }

  /** Where parameters and results are in a call of the function by itself; null if it calls another. */
  ownCall(fn: Func, targs: readonly Type[]): { params: readonly Loc[]; results: readonly Loc[] } | null {
    if (fn !== this.fn || targs.length !== this.env.targs.length) return null;
    if (!targs.every((t, i) => identical(t, this.env.targs[i]!))) return null;
    return { params: this.params, results: this.resultsOf.get(this.outer)! };
  }

  /** The results of the function being analysed. */
  get results(): readonly Loc[] {
    return this.resultsOf.get(this.frame)!;
  }

  /** Their types. */
  get resultTypes(): readonly Type[] {
    return this.resultTypesOf.get(this.frame)!;
  }

  /** A loop over a function: its body is a closure that anybody may keep. */
  rangeFunc(s: RangeStmt): void {
    this.expr(this.g.heapHole, s.x);
    const frame = new Frame(this.frame, true);
    const outer = this.results;
    for (const r of outer) r.escapes = true;
    this.resultsOf.set(frame, outer);
    this.resultTypesOf.set(frame, this.resultTypes);
    const open = this.openDefers;
    this.inFrame(frame, () => {
      this.openDefers = open;
      for (const e of [s.key, s.value])
        if (e?.kind === 'Ident' && e.isDef && e.obj) this.declare(e.obj as unknown as Var, 'param');
      this.block(s.body.list);
    });
    const l = this.g.loc('site', this.frame, this.loopDepth);
    l.escapes = true;
    this.captures(this.hole(l), s.body, frame);
    if (s.tok === T.ASSIGN) for (const e of [s.key, s.value]) if (e) this.shareAssigned(e);
  }

  /** A variable that the body's closure assigns to. */
  private shareAssigned(e: Expr): void {
    if (e.kind === 'Ident') {
      const obj = e.obj as Obj | null;
      if (obj?.tag === 'Var' && obj.kind !== 'package') this.g.flow(addrOf(this.g.heapHole), this.declare(obj));
    } else exprChildren(e, (x) => this.shareAssigned(x));
  }

  /** Where what is assigned to e goes. */
  target(e: Expr): Hole {
    const g = this.g;
    switch (e.kind) {
      case 'ParenExpr':
        return this.target(e.x);
      case 'Ident': {
        if (e.name === '_') return g.discardHole;
        const obj = e.obj as unknown as Var;
        return obj.kind === 'package' ? g.heapHole : this.hole(this.declare(obj));
      }
      case 'SelectorExpr': {
        const sel = e.selection as Selection | null;
        if (!sel) return g.heapHole;
        const t = this.typeOf(e.x);
        if (pathDerefs(t, sel.index) > 0) {
          this.discard(e.x);
          return g.heapHole;
        }
        return this.target(e.x);
      }
      case 'IndexExpr': {
        const u = under(this.typeOf(e.x));
        if (u.tag === 'Map') this.assign(g.heapHole, e.indices[0]!, u.key);
        else this.discard(e.indices[0]!);
        if (u.tag === 'Array') return this.target(e.x);
        this.discard(e.x);
        return g.heapHole;
      }
      default:
        exprChildren(e, (x) => this.discard(x));
        return g.heapHole;
    }
  }

  // What is shared with calls.ts.

  tupleTypes(e: Expr): readonly Type[] {
    const t = this.typeOf(e);
    return t.tag === 'Tuple' ? t.vars.map((v) => v.type!) : [t];
  }

  tee(...ks: readonly (Hole | null)[]): Hole {
    return tee(...ks) ?? this.g.discardHole;
  }
}

export function sizeOf(m: Memory): number {
  return m.kind === 'object' ? layoutOf(m.type).size : m.n * layoutOf(m.elem).size;
}

function placeOf(l: Loc): Place {
  if (l.escapes) return 'heap';
  return l.lifted ? l.index : 'frame';
}

/** Pointers followed on a path of fields from a value of type t. */
export function pathDerefs(t: Type, index: readonly number[]): number {
  let n = 0;
  for (const i of index) {
    let u = under(t);
    if (u.tag === 'Pointer') {
      n++;
      u = under(u.elem);
    }
    if (u.tag !== 'Struct') break;
    t = u.fields[i]!.type!;
  }
  return n;
}
