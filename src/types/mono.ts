// Instantiations without end: generic code whose full instantiation would need infinitely many types or functions.
//
// A graph: a vertex for each type parameter, and for each type declared in a generic function; an edge where a type
// argument mentions one, of weight 0 if the argument is that very thing, else 1. A cycle of positive weight has no end.
// Source: the rule of gc 1.26; Bellman-Ford.

import type { Expr, Pos } from '../syntax/nodes.ts';
import type { Checker } from './checker.ts';
import { isAliasName } from './decl.ts';
import { ErrorDesc } from './errors.ts';
import { startPos } from './positions.ts';
import type { Named, Package, Scope, Type, TypeName, TypeParam } from './types.ts';
import { typeSet } from './typeset.ts';
import { unalias } from './under.ts';

interface Vertex {
  /** of the heaviest path found to it */
  weight: number;
  /** last edge of that path */
  pre: number;
  len: number;
  readonly obj: TypeName;
}

interface Edge {
  readonly dst: number;
  readonly src: number;
  readonly weight: number;
  readonly pos: Pos;
  readonly type: Type;
}

export class MonoGraph {
  private readonly vertices: Vertex[] = [];
  private readonly edges: Edge[] = [];
  /** type parameters of methods to those of their type */
  private readonly canon = new Map<TypeParam, TypeParam>();
  private readonly index = new Map<TypeName, number>();

  recordCanon(mpar: TypeParam, tpar: TypeParam): void {
    this.canon.set(mpar, tpar);
  }

  /** Notes that the type parameters are replaced by the arguments; xlist: the expressions of the first of them. */
  recordInstance(
    pkg: Package,
    pos: Pos,
    tparams: readonly TypeParam[],
    targs: readonly Type[],
    xlist: readonly Expr[],
  ): void {
    for (let i = 0; i < tparams.length; i++) {
      // a cycle stays within a package
      const tpar = tparams[i]!;
      if (tpar.obj.pkg !== pkg) continue;
      const x = xlist[i];
      this.assign(pkg, x ? startPos(x) : pos, tpar, targs[i]!);
    }
  }

  private assign(pkg: Package, pos: Pos, tpar: TypeParam, targ: Type): void {
    const flow = (src: number, t: Type): void => {
      const weight = t === targ ? 0 : 1;
      this.edges.push({ dst: this.typeParamVertex(tpar), src, weight, pos, type: targ });
    };
    const walk = (t0: Type): void => {
      const t = unalias(t0);
      switch (t.tag) {
        case 'TypeParam':
          flow(this.typeParamVertex(t), t);
          break;
        case 'Named': {
          const src = this.localNamedVertex(pkg, t.orig);
          if (src >= 0) flow(src, t);
          for (const a of t.targs) walk(a);
          break;
        }
        case 'Array':
        case 'Chan':
        case 'Pointer':
        case 'Slice':
          walk(t.elem);
          break;
        case 'Map':
          walk(t.key);
          walk(t.elem);
          break;
        case 'Interface':
          for (const m of typeSet(t).methods) walk(m.type!);
          break;
        case 'Signature':
          for (const v of t.params) walk(v.type!);
          for (const v of t.results) walk(v.type!);
          break;
        case 'Struct':
          for (const f of t.fields) walk(f.type!);
          break;
      }
    };
    walk(targ);
  }

  /** The vertex of a type declared in a generic function; -1 for others. */
  private localNamedVertex(pkg: Package, named: Named): number {
    const obj = named.obj;
    if (obj.pkg !== pkg || obj.parent === pkg.scope) return -1;
    const known = this.index.get(obj);
    if (known !== undefined) return known;
    let idx = -1;
    for (let s: Scope | null = obj.parent; s && s !== pkg.scope; s = s.parent) {
      for (const o of s.elems.values()) {
        if (o.tag !== 'TypeName' || isAliasName(o) || o.pos >= obj.pos || o.type?.tag !== 'TypeParam') continue;
        if (idx < 0) {
          idx = this.vertices.length;
          this.vertices.push({ weight: 0, pre: 0, len: 0, obj });
        }
        this.edges.push({ dst: idx, src: this.typeParamVertex(o.type), weight: 1, pos: obj.pos, type: o.type });
      }
    }
    this.index.set(obj, idx);
    return idx;
  }

  private typeParamVertex(tpar: TypeParam): number {
    const obj = (this.canon.get(tpar) ?? tpar).obj;
    let idx = this.index.get(obj);
    if (idx === undefined) {
      idx = this.vertices.length;
      this.vertices.push({ weight: 0, pre: 0, len: 0, obj });
      this.index.set(obj, idx);
    }
    return idx;
  }

  /** Reports a cycle of instantiations, if there is one. */
  check(c: Checker): void {
    for (let again = true; again; ) {
      again = false;
      for (let i = 0; i < this.edges.length; i++) {
        const edge = this.edges[i]!;
        const src = this.vertices[edge.src]!;
        const dst = this.vertices[edge.dst]!;
        const w = src.weight + edge.weight;
        if (w <= dst.weight) continue;
        dst.pre = i;
        dst.len = src.len + 1;
        if (dst.len === this.vertices.length) {
          this.report(c, edge.dst);
          return;
        }
        dst.weight = w;
        again = true;
      }
    }
  }

  private report(c: Checker, v: number): void {
    const stack: number[] = [];
    while (!stack.includes(v)) {
      stack.push(v);
      v = this.edges[this.vertices[v]!.pre]!.src;
    }
    const cycle = stack.slice(stack.indexOf(v));
    const err = new ErrorDesc().add(this.vertices[v]!.obj.pos, 'instantiation cycle:');
    for (const u of cycle) {
      const edge = this.edges[this.vertices[u]!.pre]!;
      const obj = this.vertices[edge.dst]!.obj;
      const how = obj.type?.tag === 'TypeParam' ? 'instantiated as' : 'implicitly parameterized by';
      err.add(edge.pos, `${obj.name} ${how} ${c.str(edge.type)}`);
    }
    c.report(err);
  }
}
