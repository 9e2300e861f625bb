// Calls, conversions written as calls, and the instantiation of generic functions.
//
// Guarantees: the called function's record has the instantiated signature, and the identifier that names it has `inst`;
// so has a generic function passed as an argument.
// Source: Go specification, "Calls", "Passing arguments to ... parameters", "Instantiations", "Type inference".

import type { CallExpr, Expr, IndexExpr, Pos } from '../syntax/nodes.ts';
import { assignment, typesSummary } from './assignments.ts';
import { builtin, builtinKind } from './builtins.ts';
import type { Checker } from './checker.ts';
import { conversion } from './conversions.ts';
import { ErrorDesc } from './errors.ts';
import {
  type ExprKind,
  excludeNonValues,
  expr,
  exprOrType,
  finishIndex,
  genericExpr,
  multiExpr,
  nonGeneric,
  rawExpr,
  singleValue,
  use,
} from './expr.ts';
import { indexExpr } from './index.ts';
import { infer, renameTParams } from './infer.ts';
import { instance, verify } from './instantiate.ts';
import { Operand, valueOperand } from './operand.ts';
import { opPos, startPos } from './positions.ts';
import { isParameterized, isTypeParam } from './predicates.ts';
import { record, recordInstance, recordTypeAndValue } from './record.ts';
import { makeSubstMap, substVars } from './subst.ts';
import { Mode, Signature, type Slice, Tuple, type Type, type TypeParam, Var } from './types.ts';
import { typeSet } from './typeset.ts';
import { typeList } from './typexpr.ts';
import { commonUnder, under } from './under.ts';

/** What a generic function is assigned to: the signature wanted, and how messages call it. */
export interface Target {
  readonly sig: Signature;
  readonly desc: string;
}

/** A target for a value of type t; null if t is no function type. */
export function newTarget(t: Type | null, desc: string): Target | null {
  if (!t) return null;
  const u = under(t);
  return u.tag === 'Signature' ? { sig: u, desc } : null;
}

/**
 * Instantiates the generic function x with the type arguments of inst and, with `doInfer`, what the target tells.
 * Without `doInfer` it returns the type arguments given if they are not all, and leaves x generic.
 */
export function funcInst(
  c: Checker,
  target: Target | null,
  pos: Pos,
  x: Operand,
  inst: IndexExpr | null,
  doInfer: boolean,
): Type[] | null {
  const errPos = inst ? inst.lbrack : pos;
  if (inst) x.expr = inst;
  const versionOk = c.verifyVersion(errPos, 18, 'function instantiation');

  let targs: Type[] = [];
  const xlist = inst ? inst.indices : [];
  if (inst) {
    const list = typeList(c, xlist);
    if (!list) {
      x.invalidate();
      return null;
    }
    targs = list;
  }
  const sig = x.typ as Signature;
  const want = sig.tparams.length;
  if (targs.length > want) {
    c.error(xlist[targs.length - 1]!, `got ${targs.length} type arguments but want ${want}`);
    x.invalidate();
    return null;
  }
  if (targs.length < want) {
    if (!doInfer) return targs;
    // as if the target's type were passed to a function with the type parameters of x and a parameter of its type
    const args: Operand[] = [];
    let params: Var[] = [];
    if (target) {
      if (versionOk && !c.allowVersion(21)) {
        c.versionError(errPos, 21, `${inst ? 'partially' : 'implicitly'} instantiated function in assignment`);
      }
      const at = opPos(x.expr!);
      params = [new Var(at, c.pkg, '', new Signature(sig.params, sig.results, sig.variadic), 'param')];
      args.push(valueOperand(pseudoName(at, target.desc), target.sig));
    }
    const renamed = renameTParams(sig.tparams, new Tuple(params));
    const err = new ErrorDesc();
    const inferred = infer(c, pos, renamed.tparams, targs, (renamed.type as Tuple).vars, args, target !== null, err);
    if (!inferred) {
      if (!err.empty) c.report(err);
      x.invalidate();
      return null;
    }
    targs = inferred;
  }
  x.typ = instantiateSignature(c, opPos(x.expr!), x.expr!, sig, targs, xlist);
  x.mode = Mode.Value;
  return null;
}

/** An expression that prints as `name`. */
function pseudoName(pos: Pos, name: string): Expr {
  return { kind: 'Ident', pos, tv: null, name, obj: null, isDef: false, inst: null };
}

/** sig with its type parameters replaced, recorded at e; the constraints are checked later. */
function instantiateSignature(
  c: Checker,
  pos: Pos,
  e: Expr,
  sig: Signature,
  targs: readonly Type[],
  xlist: readonly Expr[],
): Signature {
  const inst = instance(sig, targs) as Signature;
  recordInstance(e, targs, inst);
  c.later(() => {
    const bad = verify(c, sig.tparams, targs);
    if (!bad) {
      c.mono.recordInstance(c.pkg, pos, sig.tparams, targs, xlist);
      return;
    }
    const at = xlist[bad.index];
    c.softError(at ? startPos(at) : pos, bad.err);
  });
  return inst;
}

export function callExpr(c: Checker, x: Operand, call: CallExpr): ExprKind {
  let inst: IndexExpr | null = null;
  if (call.fun.kind === 'IndexExpr') {
    if (indexExpr(c, x, call.fun)) inst = call.fun;
    x.expr = call.fun;
    record(x);
  } else exprOrType(c, x, call.fun, true);

  switch (x.mode) {
    case Mode.Invalid:
      use(c, ...call.args);
      x.expr = call;
      return 'statement';
    case Mode.TypExpr:
      return conversionCall(c, x, call);
    case Mode.Builtin: {
      const id = x.id!;
      if (!builtin(c, x, call, id)) x.invalidate();
      x.expr = call;
      if (!x.invalid && !x.isConst) c.env.hasCallOrRecv = true;
      return builtinKind(id);
    }
  }

  const r = commonUnder(
    x.typ,
    (t, u) => (u && u.tag !== 'Signature' ? `${c.str(t!)} is not a function` : null),
    c.qualifier,
  );
  if (!r.u) {
    c.error(x, `invalid operation: cannot call ${c.opstr(x)}: ${r.err}`);
    x.invalidate();
    x.expr = call;
    return 'statement';
  }
  let sig = r.u as Signature;
  const wasGeneric = sig.tparams.length > 0;

  let xlist: Expr[] = [];
  let targs: Type[] = [];
  if (inst) {
    xlist = inst.indices;
    const list = typeList(c, xlist);
    const want = sig.tparams.length;
    if (!list || list.length > want) {
      if (list) c.error(xlist[want]!, `got ${list.length} type arguments but want ${want}`);
      use(c, ...call.args);
      x.invalidate();
      x.expr = call;
      return 'statement';
    }
    targs = list;
    if (targs.length === want && want > 0) {
      c.verifyVersion(inst, 18, 'function instantiation');
      sig = instantiateSignature(c, inst.lbrack, inst, sig, targs, xlist);
      targs = [];
      xlist = [];
    }
  }

  const { args, atargs } = genericExprList(c, call.args);
  sig = callArguments(c, call, sig, targs, xlist, args, atargs);
  if (wasGeneric && sig.tparams.length === 0) recordTypeAndValue(call.fun, Mode.Value, sig, null);

  const results = sig.results;
  switch (results.length) {
    case 0:
      x.mode = Mode.NoValue;
      break;
    case 1:
      x.mode = Mode.Value;
      x.typ = results[0]!.type!;
      break;
    default:
      x.mode = Mode.Value;
      x.typ = new Tuple(results);
  }
  x.expr = call;
  c.env.hasCallOrRecv = true;
  if (x.mode === Mode.Value && sig.tparams.length > 0 && isParameterized(sig.tparams, x.typ)) x.invalidate();
  return 'statement';
}

/** T(x) */
function conversionCall(c: Checker, x: Operand, call: CallExpr): ExprKind {
  nonGeneric(c, null, x);
  if (x.mode === Mode.Invalid) return 'conversion';
  const t = x.typ;
  x.invalidate();
  const n = call.args.length;
  if (n === 0) c.error(call, `missing argument in conversion to ${c.str(t)}`);
  else if (n > 1) {
    use(c, ...call.args);
    c.error(call.args[n - 1]!, `too many arguments in conversion to ${c.str(t)}`);
  } else {
    expr(c, null, x, call.args[0]!);
    if (!x.invalid) {
      const u = under(t);
      if (u.tag === 'Interface' && !isTypeParam(t) && !typeSet(u).isMethodSet()) {
        const what = `cannot use interface ${c.str(t)} in conversion`;
        // as in gc, x stays the argument
        c.error(call, `${what} (contains specific type constraints or is comparable)`);
      } else if (call.ellipsis) {
        c.error(call.args[0]!, `invalid use of ... in conversion to ${c.str(t)}`);
      } else conversion(c, x, t);
    }
  }
  x.expr = call;
  return 'conversion';
}

/** The values of the expressions; a single one may stand for several. */
export function exprList(c: Checker, list: readonly Expr[]): Operand[] {
  if (list.length === 1) return multiExpr(c, list[0]!, false).list;
  return list.map((e) => {
    const x = new Operand();
    expr(c, null, x, e);
    return x;
  });
}

/** Like exprList, but generic functions stay as they are; atargs has the type arguments they come with. */
function genericExprList(c: Checker, list: readonly Expr[]): { args: Operand[]; atargs: (Type[] | null)[] } {
  const doInfer = list.length > 0 && !c.allowVersion(21);
  const atargs: (Type[] | null)[] = [];
  const instantiated = (x: Operand, e: Expr): boolean => {
    if (e.kind !== 'IndexExpr' || !indexExpr(c, x, e)) return false;
    const targs = funcInst(c, null, opPos(x.expr!), x, e, doInfer);
    atargs.push(targs);
    if (targs) x.expr = e;
    else record(x);
    return true;
  };
  if (list.length === 1) {
    const e = list[0]!;
    const x = new Operand();
    if (instantiated(x, e)) return { args: [x], atargs };
    if (e.kind === 'IndexExpr') finishIndex(c, x, e);
    else rawExpr(c, null, x, e, null, true);
    excludeNonValues(c, x);
    if (x.mode !== Mode.Invalid && x.typ.tag === 'Tuple') {
      return { args: x.typ.vars.map((v) => valueOperand(e, v.type!)), atargs };
    }
    return { args: [x], atargs };
  }
  const args = list.map((e) => {
    const x = new Operand();
    if (!instantiated(x, e)) {
      atargs.push(null);
      if (e.kind === 'IndexExpr') {
        finishIndex(c, x, e);
        excludeNonValues(c, x);
        singleValue(c, x);
      } else genericExpr(c, x, e);
    }
    return x;
  });
  return { args, atargs };
}

/** Checks the arguments of a call and infers what type arguments are missing. Returns the signature called. */
export function callArguments(
  c: Checker,
  call: CallExpr,
  sig: Signature,
  targs: (Type | null)[],
  xlist: readonly Expr[],
  args: Operand[],
  atargs: readonly (Type[] | null)[],
): Signature {
  const ddd = call.ellipsis !== 0;
  const nargs = args.length;
  let npars = sig.params.length;
  let params = sig.params;
  let adjusted = false;
  if (sig.variadic) {
    if (ddd) {
      if (call.args.length === 1 && nargs > 1) {
        c.error(call, `cannot use ... with ${nargs}-valued ${c.exprstr(call.args[0]!)}`);
        return sig;
      }
    } else if (nargs >= npars - 1) {
      // one parameter for each argument
      const last = params[npars - 1]!;
      const elem = (last.type as Slice).elem;
      const list = params.slice(0, npars - 1);
      while (list.length < nargs) list.push(new Var(last.pos, last.pkg, last.name, elem, 'param'));
      params = list;
      adjusted = true;
      npars = nargs;
    } else npars--;
  } else if (ddd) {
    c.error(call, `cannot use ... in call to non-variadic ${c.exprstr(call.fun)}`);
    return sig;
  }

  if (nargs !== npars) {
    wrongCount(c, call, sig, args, npars, ddd);
    return sig;
  }

  // type parameters of the callee, renamed because it may be calling itself
  let tparams: TypeParam[] = [];
  const n = sig.tparams.length;
  if (n > 0) {
    if (!c.allowVersion(18)) {
      if (call.fun.kind === 'IndexExpr') c.versionError(call.fun.lbrack, 18, 'function instantiation');
      else c.versionError(call, 18, 'implicit function instantiation');
    }
    const renamed = renameTParams(sig.tparams, new Tuple(params));
    tparams = renamed.tparams;
    params = (renamed.type as Tuple).vars;
    while (targs.length < n) targs.push(null);
  }

  // type parameters of generic arguments
  const generic: number[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    const asig = arg.typ;
    if (arg.mode === Mode.Invalid || asig.tag !== 'Signature' || asig.tparams.length === 0) continue;
    const renamed = renameTParams(asig.tparams, new Tuple([...asig.params, ...asig.results]));
    const vars = (renamed.type as Tuple).vars;
    const np = asig.params.length;
    const copy = new Signature(vars.slice(0, np), vars.slice(np), asig.variadic);
    copy.tparams = renamed.tparams;
    arg.typ = copy;
    tparams = tparams.concat(renamed.tparams);
    const given = atargs[i];
    if (given) targs = targs.concat(given);
    while (targs.length < tparams.length) targs.push(null);
    generic.push(i);
  }
  if (generic.length > 0) c.verifyVersion(args[generic[0]!]!, 21, 'implicitly instantiated function as argument');

  let rsig = sig;
  if (tparams.length > 0) {
    const err = new ErrorDesc();
    const inferred = infer(c, call.lparen, tparams, targs, params, args, false, err);
    if (!inferred) {
      if (!err.empty) c.error(err.pos, `in call to ${c.exprstr(call.fun)}, ${err.text(c.fset)}`);
      return sig;
    }
    if (n > 0) {
      const own = inferred.slice(0, n);
      rsig = instantiateSignature(c, call.lparen, call.fun, sig, own, xlist);
      params = adjusted ? substVars(params, makeSubstMap(tparams.slice(0, n), own)) : rsig.params;
    }
    let j = n;
    for (const i of generic) {
      const arg = args[i]!;
      const asig = arg.typ as Signature;
      const k = j + asig.tparams.length;
      arg.typ = instantiateSignature(c, call.lparen, arg.expr!, asig, inferred.slice(j, k), []);
      record(arg);
      j = k;
    }
  }

  let context = '';
  for (let i = 0; i < args.length; i++) {
    const a = args[i]!;
    const t = params[i]!.type!;
    // the common case needs no text
    if (a.typ === t && a.mode >= Mode.Variable && t.tag !== 'Tuple') continue;
    context ||= `argument to ${c.exprstr(call.fun)}`;
    assignment(c, a, t, context);
  }
  return rsig;
}

function wrongCount(c: Checker, call: CallExpr, sig: Signature, args: Operand[], npars: number, ddd: boolean): void {
  const nargs = args.length;
  let at: Expr = call;
  let what = 'not enough';
  if (nargs > npars) {
    at = args[npars]!.expr!;
    what = 'too many';
  } else if (nargs > 0) at = args[nargs - 1]!.expr!;
  const err = new ErrorDesc();
  err.add(startPos(at), `${what} arguments in call to ${c.exprstr(call.fun)}`);
  const have = args.map((a) => a.typ);
  const want = sig.params.map((p) => p.type!);
  err.add(0, `have ${typesSummary(c, have, false, ddd)}`);
  err.add(0, `want ${typesSummary(c, want, sig.variadic, false)}`);
  c.report(err);
}
