// The order in which package variables are initialised, and initialisation cycles.
//
// Assumes: declarations are checked and have their dependencies (DeclInfo.deps). In a package with lazy bodies, a first
// look at the names in bodies tells which variables wait for nothing declared after them; only for the others are the
// bodies that their initialisers reach checked here. There, variables whose initialisers run no code come first.
// Guarantees: the next variable in line is always the first one declared that depends on none still to come.
// Source: Go specification, "Package initialization"; cycle messages of gc 1.26.

import type { Expr } from '../syntax/nodes.ts';
import { T } from '../syntax/token.ts';
import type { Checker, DeclInfo } from './checker.ts';
import { ErrorDesc } from './errors.ts';
import { namesInStmts } from './names.ts';
import { checkFuncDecl } from './stmt.ts';
import { type Const, type Func, Mode, type Obj, type TypeAndValue, type Var } from './types.ts';

/** One initialisation: lhs = rhs. */
export interface Initializer {
  readonly lhs: readonly Var[];
  readonly rhs: Expr;
}

type Value = Var | Const;

interface Node {
  readonly obj: Value;
  /** initialisations that wait for this one */
  readonly preds: Node[];
  /** how many this one waits for */
  ndeps: number;
  done: boolean;
  /** position in the list it is visited from */
  index: number;
}

export function initOrder(c: Checker): Initializer[] {
  const nodes = new Map<Value, Node>();
  // constants wait for nothing; they are here only to have their cycles reported
  const consts = c.valueCycle || (!c.conf.lazyBodies && constsMayCycle(c));
  for (const obj of c.objMap.keys()) {
    if (obj.tag === 'Var' || (obj.tag === 'Const' && consts)) {
      nodes.set(obj, { obj, preds: [], ndeps: 0, done: false, index: 0 });
    }
  }
  const exact = c.conf.lazyBodies ? outOfOrder(c) : null;
  for (const n of nodes.values()) {
    if (exact && n.obj.tag === 'Var' && !exact.has(n.obj)) continue;
    for (const to of reachable(c, n.obj)) {
      const d = nodes.get(to);
      if (!d) continue;
      d.preds.push(n);
      n.ndeps++;
    }
  }

  const order: Initializer[] = [];
  const emitted = new Set<DeclInfo>();
  const rank = (n: Node): number => {
    if (n.obj.tag === 'Const') return 0;
    return c.conf.lazyBodies && isStatic(c, n.obj) ? 1 : 2;
  };
  const all = [...nodes.values()].sort((a, b) => a.obj.order - b.obj.order);
  const visit = (n: Node): void => {
    n.done = true;
    if (n.ndeps > 0) {
      const cycle = findPath(c, n.obj, n.obj, new Set());
      if (cycle) reportCycle(c, cycle);
    }
    for (const p of n.preds) p.ndeps--;
    if (n.obj.tag !== 'Var') return;
    const d = c.objMap.get(n.obj)!;
    if (!d.init || emitted.has(d)) return;
    emitted.add(d);
    order.push({ lhs: d.lhs ?? [n.obj], rhs: d.init });
  };
  const groups: Node[][] = [[], [], []];
  for (const n of all) groups[rank(n)]!.push(n);
  for (const group of groups) inOrder(group, visit);
  return order;
}

/** Whether a constant refers to itself, to a function, or to something declared after it. */
function constsMayCycle(c: Checker): boolean {
  for (const [obj, d] of c.objMap) {
    if (obj.tag !== 'Const' || !d.deps) continue;
    for (const to of d.deps) if (to.tag === 'Func' || to.order >= obj.order) return true;
  }
  return false;
}

/** Whether the variable's initialiser is data: it runs no code and refers to no variable. */
function isStatic(c: Checker, v: Var): boolean {
  const { init } = c.objMap.get(v)!;
  return init === null || runsNoCode(init);
}

function runsNoCode(e: Expr): boolean {
  if ((e.tv as TypeAndValue | null)?.mode === Mode.Constant) return true;
  switch (e.kind) {
    case 'Ident':
      return (e.obj as Obj | null)?.tag !== 'Var';
    case 'BasicLit':
    case 'FuncLit':
      return true;
    case 'ParenExpr':
      return runsNoCode(e.x);
    case 'SelectorExpr':
      // a qualified identifier: a function, or a variable of a package initialised before
      return e.selection === null;
    case 'CompositeLit':
      return e.elts.every((el) => {
        if (el.kind !== 'KeyValueExpr') return runsNoCode(el);
        // a key may be the name of a field
        return (el.key.kind === 'Ident' && el.key.tv === null) || runsNoCode(el.key) ? runsNoCode(el.value) : false;
      });
    case 'UnaryExpr':
      return e.op === T.AND && runsNoCode(e.x);
    default:
      return false;
  }
}

/** Visits the nodes, which are in source order, each as soon as it waits for nothing. */
function inOrder(list: Node[], visit: (n: Node) => void): void {
  list.forEach((n, i) => {
    n.index = i;
  });
  // no node before `first` is ready
  let first = 0;
  for (let left = list.length; left > 0; left--) {
    while (first < list.length && (list[first]!.done || list[first]!.ndeps > 0)) first++;
    let n = list[first];
    if (!n) for (const m of list) if (!m.done && (!n || m.ndeps < n.ndeps)) n = m;
    visit(n!);
    for (const p of n!.preds) if (p.ndeps === 0 && !p.done && p.index < first) first = p.index;
  }
}

/** The variables and constants obj's initialiser refers to, directly or through functions. */
function reachable(c: Checker, obj: Value): Set<Value> {
  const found = new Set<Value>();
  const seen = new Set<Func>();
  const follow = (deps: ReadonlySet<Obj> | null): void => {
    if (!deps) return;
    for (const to of deps) {
      if (to.tag === 'Var' || to.tag === 'Const') found.add(to);
      else if (to.tag === 'Func' && !seen.has(to)) {
        seen.add(to);
        follow(depsOf(c, to));
      }
    }
  };
  follow(c.objMap.get(obj)!.deps);
  return found;
}

/** What a function refers to, going by the names in its body: more than it does refer to, never less. */
class NameDeps {
  readonly c: Checker;
  private readonly methods = new Map<string, Func[]>();
  private readonly known = new Map<Func, Set<Var | Func>>();

  constructor(c: Checker) {
    this.c = c;
    for (const [obj, d] of c.objMap) {
      if (obj.tag !== 'Func' || !d.fdecl?.recv) continue;
      const list = this.methods.get(obj.name);
      if (list) list.push(obj);
      else this.methods.set(obj.name, [obj]);
    }
  }

  of(fn: Func): ReadonlySet<Var | Func> {
    const known = this.known.get(fn);
    if (known) return known;
    const deps = new Set<Var | Func>();
    this.known.set(fn, deps);
    const d = this.c.objMap.get(fn)!;
    if (d.body === 2) {
      for (const to of d.deps ?? []) if (to.tag === 'Var' || to.tag === 'Func') deps.add(to);
    } else if (d.fdecl?.body) {
      const scope = this.c.pkg.scope;
      namesInStmts(d.fdecl.body.list, {
        ident: (name) => {
          const obj = scope.lookup(name);
          if (obj?.tag === 'Func' || (obj?.tag === 'Var' && this.c.objMap.get(obj)?.init)) deps.add(obj);
        },
        selected: (name) => {
          for (const m of this.methods.get(name) ?? []) deps.add(m);
        },
      });
    }
    return deps;
  }
}

/** Variables that may wait for one declared after them, or for one that does; all others can go in source order. */
function outOfOrder(c: Checker): Set<Var> {
  const names = new NameDeps(c);
  const exact = new Set<Var>();
  const reach = new Map<Var, Set<Var>>();
  for (const [obj, d] of c.objMap) {
    if (obj.tag !== 'Var' || !d.init || !d.deps || isStatic(c, obj)) continue;
    const vars = new Set<Var>();
    const seen = new Set<Func>();
    const stack: Func[] = [];
    const add = (to: Obj): void => {
      if (to.tag === 'Var') vars.add(to);
      else if (to.tag === 'Func' && !seen.has(to)) {
        seen.add(to);
        stack.push(to);
      }
    };
    for (const to of d.deps) add(to);
    for (let fn = stack.pop(); fn; fn = stack.pop()) for (const to of names.of(fn)) add(to);
    reach.set(obj, vars);
    for (const to of vars) if (to.order >= obj.order && !isStatic(c, to)) exact.add(obj);
  }
  for (let again = exact.size > 0; again; ) {
    again = false;
    for (const [v, vars] of reach) {
      if (exact.has(v)) continue;
      for (const to of vars) {
        if (!exact.has(to)) continue;
        exact.add(v);
        again = true;
        break;
      }
    }
  }
  return exact;
}

function depsOf(c: Checker, obj: Obj): ReadonlySet<Obj> | null {
  const d = c.objMap.get(obj)!;
  if (obj.tag === 'Func' && d.body === 0 && d.fdecl?.body) {
    const top = c.delayedTop;
    checkFuncDecl(c, obj);
    c.processDelayed(top);
  }
  return d.deps;
}

/** The objects on a path of dependencies from `from` to `to`, last one first; null if there is none. */
function findPath(c: Checker, from: Obj, to: Obj, seen: Set<Obj>): Obj[] | null {
  if (seen.has(from)) return null;
  seen.add(from);
  const deps = [...(depsOf(c, from) ?? [])].sort((a, b) => a.order - b.order);
  for (const d of deps) {
    if (d === to) return [d];
    const path = findPath(c, d, to, seen);
    if (path) {
      path.push(d);
      return path;
    }
  }
  return null;
}

function reportCycle(c: Checker, cycle: readonly Obj[]): void {
  let obj = cycle[0]!;
  if (cycle.length === 1) {
    c.error(obj, `initialization cycle: ${obj.name} refers to itself`);
    return;
  }
  const err = new ErrorDesc().add(obj.pos, `initialization cycle for ${obj.name}`);
  for (let j = cycle.length - 1; j >= 0; j--) {
    const next = cycle[j]!;
    err.add(obj.pos, `${obj.name} refers to ${next.name}`);
    obj = next;
  }
  c.report(err);
}
