// The state of lowering one function: where its variables are, its results, the targets of its branches.
//
// A function literal and the body of a range-over-func loop have a state of their own, whose `parent` is that of the
// function around them. Guarantees: a variable that may outlive the frame, or be changed from elsewhere, is in memory.

import type { Expr as Ast, Stmt as AstStmt, CaseClause, FuncLit, LabeledStmt } from '../../syntax/nodes.ts';
import type { Type, TypeAndValue, Var } from '../../types/types.ts';
import { under } from '../../types/under.ts';
import { type Block, type Expr, get, type Func as IrFunc, type Local } from '../ir.ts';
import { type Addr, addrExpr, Builder, heapAddr } from './builder.ts';
import type { ProgramContext } from './context.ts';
import type { DeferState } from './defer.ts';
import type { TypeEnv } from './env.ts';
import type { Analysis } from './escape/analyse.ts';
import { flatten, layoutOf } from './layout.ts';
import type { RangeFuncBody } from './rangefunc.ts';
import { allocateVar, isOwn, storageOf } from './storage.ts';

/** Where a variable is: in locals, or in memory. */
export type Storage =
  | { readonly kind: 'reg'; readonly type: Type; readonly locals: readonly Local[] }
  | {
      readonly kind: 'mem';
      readonly type: Type;
      readonly addr: Addr /** nobody but this function can change it */;
      readonly own: boolean;
    };

export interface BranchTarget {
  readonly brk: Block;
  /** null: a switch or select */
  readonly cont: Block | null;
}

export interface ResultInfo {
  readonly type: Type;
  /** pointer the caller passed, for results in memory */
  readonly ptr: Local | null;
  /** where the value waits while deferred calls run, and named results are */
  storage: Storage | null;
}

export class FuncState {
  readonly ctx: ProgramContext;
  readonly fn: IrFunc;
  readonly b: Builder;
  readonly env: TypeEnv;
  /** language version of the file, for the meaning of loop variables */
  readonly version: number;
  /** of the function around this literal or loop body */
  readonly parent: FuncState | null;
  /** depth of the variables declared in it (Var.level) */
  readonly level: number;
  /** which variables and objects escape; null: nothing is known */
  analysis: Analysis | null;
  /** parameters for memory that the caller may give, by the numbers the analysis gives them */
  readonly lifted = new Map<number, Local>();
  readonly vars = new Map<Var, Storage>();
  results: ResultInfo[] = [];
  namedResults = false;
  /** variables of the results, in functions that need them */
  resultVars: readonly Var[] = [];
  defers: DeferState | null = null;
  /** set if this is the body of a range-over-func loop */
  rangeBody: RangeFuncBody | null = null;
  /** block that runs deferred calls and returns, if there are any */
  exit: Block | null = null;
  /** of the closing brace */
  endPos = 0;
  /** of the closure object, in function literals */
  closure: Local | null = null;
  readonly targets = new Map<AstStmt, BranchTarget>();
  readonly labels = new Map<AstStmt, Block>();
  /** values a type switch has already made for the variables of its clauses */
  readonly clauseValues = new Map<CaseClause, readonly Expr[]>();
  /** in initialisers of package variables: names of the literals, which are lowered in any order */
  literalNames: ReadonlyMap<FuncLit, string> | null = null;
  private closures = 0;
  private wraps = new Map<string, number>();

  constructor(ctx: ProgramContext, fn: IrFunc, env: TypeEnv, version: number, parent: FuncState | null, level: number) {
    this.ctx = ctx;
    this.fn = fn;
    this.b = new Builder(ctx, fn);
    this.env = env;
    this.version = version;
    this.parent = parent;
    this.level = level;
    this.analysis = parent?.analysis ?? null;
  }

  /** The function whose frame deferred calls and results belong to. */
  get home(): FuncState {
    let f: FuncState = this;
    while (f.rangeBody) f = f.parent!;
    return f;
  }

  /** Variables of for loops are new in each iteration. */
  get perIterationVars(): boolean {
    return this.version === 0 || this.version >= 22;
  }

  /** A label of this very function, which goto can reach by a jump. */
  ownsLabel(s: LabeledStmt): boolean {
    return !this.rangeBody || this.rangeBody.contains(s);
  }

  typeOf(e: Ast): Type {
    const tv = e.tv as TypeAndValue | null;
    if (!tv) throw new Error(`untyped ${e.kind} at ${this.where(e.pos)}`);
    return this.env.subst(tv.type);
  }

  /** The underlying type of e's type. */
  underOf(e: Ast): Type {
    return under(this.typeOf(e));
  }

  where(pos: number): string {
    const p = this.ctx.fset.position(pos);
    return `${p.filename}:${p.line}:${p.column}`;
  }

  /** Name of the next function literal, as gc numbers them. */
  closureName(lit: FuncLit): string {
    const known = this.literalNames?.get(lit);
    if (known) return known;
    const inner = this.parent !== null;
    return `${this.fn.name}.${inner ? '' : 'func'}${++this.closures}`;
  }

  wrapperName(kind: '.gowrap' | '.deferwrap' | '-range'): string {
    const n = (this.wraps.get(kind) ?? 0) + 1;
    this.wraps.set(kind, n);
    return `${this.fn.name}${kind}${n}`;
  }

  /** The home function's result variable, as seen from the body of a range-over-func loop. */
  resultStorage(i: number): Storage | null {
    const v = this.rangeBody ? this.home.resultVars[i] : null;
    return v ? this.storage(v) : null;
  }

  typeOfVar(v: Var): Type {
    return this.env.subst(v.type!);
  }

  storage(v: Var): Storage {
    const s = this.vars.get(v);
    if (s) return s;
    if (v.kind === 'package')
      return {
        kind: 'mem',
        type: this.env.subst(v.type!),
        addr: heapAddr({ kind: 'addr', sym: this.ctx.global(v), off: 0 }),
        own: false,
      };
    throw new Error(`variable ${v.name} has no place in ${this.fn.name} (${this.where(v.pos)})`);
  }

  /** Makes room for a new variable; `init` is its value, or null for the zero value. */
  declare(v: Var, init: readonly Expr[] | null): Storage {
    const type = this.typeOfVar(v);
    const b = this.b;
    switch (storageOf(this, v, type)) {
      case 'reg': {
        let s = this.vars.get(v);
        if (!s) {
          s = { kind: 'reg', type, locals: b.temps(flatten(type), v.name) };
          this.vars.set(v, s);
        }
        if (s.kind === 'reg') b.setAll(s.locals, init ?? b.zero(type));
        return s;
      }
      case 'slot': {
        let s = this.vars.get(v);
        if (!s) {
          const slot = b.newSlot(type, v.name);
          s = {
            kind: 'mem',
            type,
            addr: { base: { kind: 'slot', slot, off: 0 }, off: 0, heap: false },
            own: isOwn(v, type),
          };
          this.vars.set(v, s);
        }
        if (s.kind === 'mem') {
          if (init) b.store(type, s.addr, init);
          else b.clear(type, s.addr);
        }
        return s;
      }
      case 'heap': {
        // the value comes first: it may be that of a variable of the iteration before
        const held = init && layoutOf(type).parts ? b.holdAll(init) : init;
        const p = this.newCell(v, type);
        const addr = heapAddr(get(p));
        if (held) b.store(type, addr, held);
        const s: Storage = { kind: 'mem', type, addr, own: false };
        this.vars.set(v, s);
        return s;
      }
    }
  }

  /** Makes room for a new variable in memory; `init` stores its value there. */
  declareWith(v: Var, init: (dst: Addr) => void): void {
    const type = this.typeOfVar(v);
    if (storageOf(this, v, type) === 'heap') {
      const p = this.b.temp('ptr', `&${v.name}`);
      this.b.pos = v.pos;
      this.b.set(p, allocateVar(this, v, type));
      this.b.assumeNonNil(p);
      const addr = heapAddr(get(p));
      init(addr);
      this.vars.set(v, { kind: 'mem', type, addr, own: false });
      return;
    }
    let s = this.vars.get(v);
    if (!s) {
      const slot = this.b.newSlot(type, v.name);
      s = {
        kind: 'mem',
        type,
        addr: { base: { kind: 'slot', slot, off: 0 }, off: 0, heap: false },
        own: isOwn(v, type),
      };
      this.vars.set(v, s);
    }
    if (s.kind !== 'mem') return;
    if (s.addr.base.kind === 'slot') this.b.vardef(s.addr.base.slot);
    init(s.addr);
  }

  /** Heap memory for v, its address in a local that is the same each time the declaration runs. */
  private newCell(v: Var, type: Type): Local {
    const old = this.vars.get(v);
    const p =
      old?.kind === 'mem' && old.addr.base.kind === 'get' ? old.addr.base.local : this.b.temp('ptr', `&${v.name}`);
    this.b.pos = v.pos;
    this.b.set(p, allocateVar(this, v, type));
    this.b.assumeNonNil(p);
    return p;
  }

  /** Gives a heap variable a new cell holding the same value: the next iteration's. */
  renew(v: Var): void {
    const s = this.vars.get(v);
    if (s?.kind !== 'mem' || s.addr.base.kind !== 'get') return;
    const b = this.b;
    const fresh = b.newObject(s.type);
    b.store(s.type, heapAddr(fresh), b.load(s.type, s.addr));
    b.set(s.addr.base.local, fresh);
  }

  read(s: Storage): Expr[] {
    return s.kind === 'reg' ? s.locals.map(get) : this.b.load(s.type, s.addr);
  }

  write(s: Storage, value: readonly Expr[]): void {
    if (s.kind === 'reg') this.b.setAll(s.locals, value);
    else this.b.store(s.type, s.addr, value);
  }

  addressOf(s: Storage): Expr {
    if (s.kind === 'reg') throw new Error(`address of a variable in locals in ${this.fn.name}`);
    return addrExpr(s.addr);
  }
}
