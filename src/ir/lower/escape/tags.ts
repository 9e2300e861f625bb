// The escape analyses of a program: one a function and list of type arguments, made when first asked for.
//
// Guarantees: a caller is analysed after its callees, but for functions that are being analysed themselves (recursion),
// whose parameters then count as escaping. The graph of a function is kept until the function is lowered, its tags for good.

import { declOf } from '../../../types/api.ts';
import type { Func, Type } from '../../../types/types.ts';
import { typeKey } from '../../../types/typestring.ts';
import type { ProgramContext } from '../context.ts';
import { noTypeArgs, TypeEnv } from '../env.ts';
import { capturedByValue } from '../storage.ts';
import { Analysis, type Summary } from './analyse.ts';
import { inlinable } from './budget.ts';
import { Tag } from './graph.ts';

/** Chains of callees longer than this are cut. */
const maxDepth = 50;

interface Record {
  summary: Summary | null;
  analysis: Analysis | null;
}

class Escapes {
  private readonly ctx: ProgramContext;
  private readonly plain = new Map<Func, Record>();
  private readonly instances = new Map<Func, Map<string, Record>>();
  private depth = 0;

  constructor(ctx: ProgramContext) {
    this.ctx = ctx;
  }

  private record(fn: Func, targs: readonly Type[]): Record {
    let table: Map<unknown, Record> = this.plain;
    let key: unknown = fn;
    if (targs.length > 0) {
      let all = this.instances.get(fn);
      if (!all) this.instances.set(fn, (all = new Map()));
      table = all;
      key = targs.map(typeKey).join(';');
    }
    let r = table.get(key);
    if (!r) {
      r = { summary: null, analysis: null };
      table.set(key, r);
      this.depth++;
      if (this.depth <= maxDepth) this.analyse(r, fn, targs);
      this.depth--;
    }
    return r;
  }

  private analyse(r: Record, fn: Func, targs: readonly Type[]): void {
    const decl = declOf(fn)?.fdecl;
    if (!decl) return;
    const { sig } = fn.origin;
    if (!decl.body) {
      if (decl.directives.some((d) => d.name === 'go:noescape'))
        r.summary = {
          tags: [...(sig.recv ? [sig.recv] : []), ...sig.params].map(() => new Tag()),
          lifted: [],
          dynamic: [],
        };
      return;
    }
    this.ctx.checkBody(fn.origin);
    const env =
      targs.length === 0
        ? noTypeArgs
        : new TypeEnv([...sig.rparams, ...sig.tparams], targs, decl.pos, decl.body.rbrace);
    const a = new Analysis(
      env,
      (g, ts) => this.record(g, ts).summary,
      (v, t) => !capturedByValue(v, t),
      inlinable(this.ctx, fn),
    );
    a.run(fn.origin, sig, decl.body);
    r.analysis = a;
    r.summary = a.summary;
  }

  /** The analysis of a function about to be lowered. */
  take(fn: Func, targs: readonly Type[]): Analysis | null {
    const r = this.record(fn, targs);
    if (!r.analysis && !r.summary) this.analyse(r, fn, targs);
    const a = r.analysis;
    // a function that takes memory from some callers is lowered twice
    if (r.summary?.lifted.length === 0) r.analysis = null;
    return a;
  }
}

const programs = new WeakMap<ProgramContext, Escapes>();

function escapesOf(ctx: ProgramContext): Escapes {
  let e = programs.get(ctx);
  if (!e) programs.set(ctx, (e = new Escapes(ctx)));
  return e;
}

/** Where variables and new memory of a function are: to be asked once, by its lowering. */
export function analysisOf(ctx: ProgramContext, fn: Func, targs: readonly Type[]): Analysis | null {
  return escapesOf(ctx).take(fn, targs);
}
