// What importers can see of a package besides its exported names: gc's export data holds what those need.
//
// gc says of a name it sees that it is not exported, and of any other that it is undefined. Needed is what types of exported
// objects mention, and what functions mention that are small enough to be inlined; an estimate here.
// Source: observed behaviour of gc 1.26.

import type { BlockStmt } from '../syntax/nodes.ts';
import type { DeclInfo } from './checker.ts';
import { deref } from './lookup.ts';
import { namesInStmts } from './names.ts';
import type { Func, Obj, Package, Type, Var } from './types.ts';
import { asNamed } from './under.ts';

/** Whether importers of pkg see its unexported obj. Only for messages: it looks through the whole package. */
export function inExportData(pkg: Package, obj: Obj): boolean {
  return new Reach(pkg).seen.has(obj);
}

class Reach {
  readonly seen = new Set<Obj>();
  private readonly pkg: Package;
  private readonly types = new Set<Type>();

  constructor(pkg: Package) {
    this.pkg = pkg;
    for (const obj of pkg.scope.elems.values()) if (obj.exported) this.object(obj);
  }

  private object(obj: Obj): void {
    if (obj.pkg !== this.pkg || this.seen.has(obj)) return;
    this.seen.add(obj);
    if (obj.type) this.type(obj.type);
    if (obj.tag === 'Func') this.body(obj);
  }

  private vars(list: readonly Var[]): void {
    for (const v of list) if (v.type) this.type(v.type);
  }

  private type(t: Type): void {
    if (t.tag === 'Basic' || this.types.has(t)) return;
    this.types.add(t);
    switch (t.tag) {
      case 'Named':
      case 'Alias':
        this.object(t.obj);
        for (const a of t.targs) this.type(a);
        for (const p of t.tparams) this.type(p);
        if (t.orig !== t) this.type(t.orig);
        else if (t.tag === 'Alias') {
          if (t.rhs) this.type(t.rhs);
        } else if (t.obj.pkg === this.pkg) {
          if (t.fromRHS) this.type(t.fromRHS);
          for (const m of t.methods) this.object(m);
        }
        break;
      case 'TypeParam':
        this.type(t.bound);
        break;
      case 'Array':
      case 'Slice':
      case 'Pointer':
      case 'Chan':
        this.type(t.elem);
        break;
      case 'Map':
        this.type(t.key);
        this.type(t.elem);
        break;
      case 'Struct':
        this.vars(t.fields);
        break;
      case 'Tuple':
        this.vars(t.vars);
        break;
      case 'Signature':
        for (const p of t.tparams) this.type(p);
        this.vars(t.params);
        this.vars(t.results);
        break;
      case 'Union':
        for (const x of t.terms) this.type(x.type);
        break;
      case 'Interface':
        for (const m of t.methods) if (m.type) this.type(m.type);
        for (const e of t.embeddeds) this.type(e);
        break;
    }
  }

  private body(fn: Func): void {
    const body = (fn.decl as DeclInfo | null)?.fdecl?.body;
    if (!body) return;
    const generic = fn.type !== null && (fn.sig.tparams.length > 0 || fn.sig.rparams.length > 0);
    if (!generic && cost(body) > maxCost) return;
    const named = fn.sig.recv?.type ? asNamed(deref(fn.sig.recv.type)[0]) : null;
    namesInStmts(body.list, {
      ident: (name) => {
        const obj = this.pkg.scope.lookup(name);
        if (obj) this.object(obj);
      },
      selected: (name) => {
        for (const m of named?.methods ?? []) if (m.name === name) this.object(m);
      },
    });
  }
}

/** gc inlines bodies of at most 80 nodes; a call counts as 57 more. */
const maxCost = 80;

function cost(body: BlockStmt): number {
  let n = 0;
  const visit = (x: unknown): void => {
    if (Array.isArray(x)) for (const e of x) visit(e);
    else if (typeof x === 'object' && x !== null && 'kind' in x && n <= maxCost) {
      n += x.kind === 'CallExpr' ? 58 : 1;
      for (const [key, value] of Object.entries(x)) if (typeof value === 'object' && !links.has(key)) visit(value);
    }
  };
  visit(body.list);
  return n;
}

/** Properties of nodes that lead out of the tree. */
const links: ReadonlySet<string> = new Set(['tv', 'obj', 'selection', 'inst', 'target']);
