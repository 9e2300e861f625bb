// Escape analysis of one declared function and the literals in it: what flows where.
//
// Assumes: the body is checked. Guarantees: afterwards `escapes` answers for each variable and each expression that makes
// memory, and `boxEscapes` for each that is put into an interface; `tags` says what the function does with its parameters.
// Maps, channels and the memory that append and conversions make are in the heap always.
// Source: cmd/compile/internal/escape (Go's compiler); Go specification.

import type { BlockStmt, CompositeLit, Expr, FuncLit, RangeStmt, Stmt } from '../../../syntax/nodes.ts';
import { T } from '../../../syntax/token.ts';
import {
  type Func,
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
import type { TypeEnv } from '../env.ts';
import { hasPointers, isDirectIface, layoutOf } from '../layout.ts';
import { isString } from '../numeric.ts';
import { scanBody, variablesIn } from '../scan.ts';
import { exprChildren } from '../walk.ts';
import { flowCall, methodOf } from './calls.ts';
import { addrOf, deref, Frame, Graph, type Hole, type Loc, shift, type Tag, tee } from './graph.ts';
import { stmtFlow } from './stmts.ts';

/** What is known of a function when it is called: its parameters' tags, the receiver first. Null: nothing. */
export type TagsOf = (fn: Func, targs: readonly Type[]) => readonly Tag[] | null;

/** Larger variables and temporaries go to the heap, and so does what makes a frame too large. */
const maxVarSize = 64 << 10;
const maxFrameSize = 192 << 10;

/** Does a variable share its memory with closures (rather than give them a copy)? */
export type SharedWithClosures = (v: Var, type: Type) => boolean;

export class Analysis {
  readonly g = new Graph();
  readonly env: TypeEnv;
  readonly tagsOf: TagsOf;
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
  private frameSize = 0;
  private params: Loc[] = [];

  constructor(env: TypeEnv, tagsOf: TagsOf, shared: SharedWithClosures) {
    this.env = env;
    this.tagsOf = tagsOf;
    this.shared = shared;
    this.frame = new Frame(null, false);
  }

  /** Analyses a function. */
  run(sig: Signature, body: BlockStmt): void {
    this.params = (sig.recv ? [sig.recv, ...sig.params] : sig.params).map((v, i) => this.declare(v, 'param', i));
    this.signatureResults(sig, true);
    this.body(body);
    this.g.solve();
  }

  /** Analyses an expression outside of functions. */
  runInit(e: Expr): void {
    this.expr(this.g.heapHole, e);
    this.g.solve();
  }

  get tags(): Tag[] {
    return this.params.map((l) => l.tag);
  }

  /** Whether v must be in the heap; null if it is a variable of the compiler's own. */
  varEscapes(v: Var): boolean | null {
    return this.vars.get(v)?.escapes ?? null;
  }

  siteEscapes(e: Expr): boolean {
    return this.sites.get(e)?.escapes ?? true;
  }

  /** Whether the value of e is in the heap when it is put into an interface. */
  boxEscapes(e: Expr): boolean {
    return this.boxes.get(e)?.escapes ?? true;
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
      this.account(l, this.env.subst(v.type!));
    }
    return l;
  }

  private account(l: Loc, type: Type): void {
    const { size } = layoutOf(type);
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

  /** A new location for memory that e makes; its address flows to k. */
  site(k: Hole, e: Expr, type: Type | null): Hole {
    const l = this.g.loc('site', this.frame, this.loopDepth);
    if (type) this.account(l, type);
    else l.escapes = true;
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
          this.elements(this.site(k, e, this.typeOf(x)), x, this.typeOf(x));
        } else this.expr(addrOf(k), x);
        return;
      }
      case 'BinaryExpr':
        this.discard(e.x);
        this.discard(e.y);
        return;
      default:
        exprChildren(e, (x) => this.discard(x));
    }
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
        const to = this.site(k, e, fits ? u : null);
        if (fits) this.frameSize += n * layoutOf(u.elem).size;
        for (const x of e.elts) this.assign(to, x.kind === 'KeyValueExpr' ? x.value : x, u.elem);
        return;
      }
      case 'Map':
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
