// The graph of escape analysis: locations, flows between them, and which locations outlive their frame.
//
// A flow dst ← src with n dereferences says that *ⁿsrc (n = -1: &src) is assigned to dst. Memory that is reached through a
// pointer is not told apart: what is stored there flows to the heap. Guarantees: if the address of a location can be found in
// one that lives longer, the location escapes, and what is stored in it flows to the heap. One that can be lifted does not escape
// if all that is longer-lived is a result, or another lifted one: its memory may be the caller's, which then follows the same flows.
// Source: the analysis of Go's compiler (cmd/compile/internal/escape), described in its opening comment; D. Evans and
// others' points-to graphs by number of dereferences; Bellman and Ford for the walk.

import type { Type } from '../../../types/types.ts';

/** A function as far as lifetimes go: a declaration or a function literal in it. */
export class Frame {
  readonly parent: Frame | null;
  /** the literal is called where it stands and nowhere else, so its results live in its caller */
  direct: boolean;
  constructor(parent: Frame | null, direct: boolean) {
    this.parent = parent;
    this.direct = direct;
  }

  /** Is `inner` this function or a literal inside of it? */
  strictlyContains(inner: Frame): boolean {
    for (let f = inner.parent; f; f = f.parent) if (f === this) return true;
    return false;
  }
}

interface Edge {
  readonly src: Loc;
  readonly derefs: number;
}

export type LocKind = 'var' | 'param' | 'result' | 'site' | 'heap' | 'blank';

/** What memory a location stands for. */
export type Memory =
  | { readonly kind: 'object'; readonly type: Type }
  | { readonly kind: 'array'; readonly elem: Type; readonly n: number };

export class Loc {
  readonly kind: LocKind;
  readonly frame: Frame | null;
  readonly loopDepth: number;
  /** of a parameter or result of the analysed function itself (not of a literal in it), its number; else -1 */
  index: number;
  escapes = false;
  /** it can be lifted: the caller may give the memory. Then its index is among those of the results, behind theirs. */
  memory: Memory | null = null;
  /** the results and lifted locations that its address flows to */
  to: Set<number> | null = null;
  readonly edges: Edge[] = [];
  /** for a parameter: where its value goes */
  readonly tag = new Tag();
  queued = false;
  walk = 0;
  derefs = 0;
  constructor(kind: LocKind, frame: Frame | null, loopDepth: number, index = -1) {
    this.kind = kind;
    this.frame = frame;
    this.loopDepth = loopDepth;
    this.index = index;
  }

  get lifted(): boolean {
    return this.to !== null && !this.escapes;
  }
}

/** Where a parameter's value goes, each with the least number of dereferences on the way; -1: nowhere. */
export class Tag {
  heap = -1;
  readonly results: number[] = [];

  toHeap(derefs: number): void {
    if (this.heap < 0 || derefs < this.heap) this.heap = derefs;
  }

  toResult(i: number, derefs: number): void {
    const old = this.results[i] ?? -1;
    if (old < 0 || derefs < old) this.results[i] = derefs;
  }
}

/** A place that a value flows to, after so many dereferences. */
export interface Hole {
  readonly dst: Loc;
  readonly derefs: number;
  /** further places, for values that go to several */
  readonly also: Hole | null;
}

export const shift = (k: Hole, n: number): Hole => ({
  dst: k.dst,
  derefs: k.derefs + n,
  also: k.also && shift(k.also, n),
});
export const deref = (k: Hole): Hole => shift(k, 1);
export const addrOf = (k: Hole): Hole => shift(k, -1);

/** One hole for several. */
export function tee(...ks: readonly (Hole | null)[]): Hole | null {
  let out: Hole | null = null;
  for (const k of ks) for (let h = k; h; h = h.also) out = { dst: h.dst, derefs: h.derefs, also: out };
  return out;
}

export class Graph {
  readonly heap = new Loc('heap', null, -1);
  readonly blank = new Loc('blank', null, -1);
  readonly locs: Loc[] = [this.heap];
  readonly heapHole: Hole = { dst: this.heap, derefs: 0, also: null };
  readonly discardHole: Hole = { dst: this.blank, derefs: 0, also: null };
  private walks = 0;

  loc(kind: LocKind, frame: Frame, loopDepth: number, index = -1): Loc {
    const l = new Loc(kind, frame, loopDepth, index);
    this.locs.push(l);
    return l;
  }

  flow(k: Hole, src: Loc): void {
    for (let h: Hole | null = k; h; h = h.also) {
      if (h.dst === this.blank || (h.dst === src && h.derefs >= 0)) continue;
      if (h.dst === this.heap && h.derefs < 0) src.escapes = true;
      else h.dst.edges.push({ src, derefs: h.derefs });
    }
  }

  /** Finds what escapes. */
  solve(): void {
    const queue: Loc[] = [];
    const enqueue = (l: Loc): void => {
      if (l.queued) return;
      l.queued = true;
      queue.push(l);
    };
    for (const l of this.locs) enqueue(l);
    for (let i = 0; i < queue.length; i++) {
      const root = queue[i]!;
      root.queued = false;
      this.walkFrom(root, enqueue);
    }
  }

  /** Visits all locations whose values or addresses flow to root, each by its shortest path. */
  private walkFrom(root: Loc, enqueue: (l: Loc) => void): void {
    const walk = ++this.walks;
    root.walk = walk;
    root.derefs = 0;
    const todo = [root];
    for (let l = todo.pop(); l; l = todo.pop()) {
      // in root = &l; l = x the address of l flows to root, that of x does not
      const isAddress = l.derefs < 0;
      const derefs = isAddress ? 0 : l.derefs;
      if (outlives(root, l)) {
        const toCaller = root.index >= 0 && !root.escapes && (root.kind === 'result' || root.lifted);
        if (l.kind === 'param' && (toCaller || root.escapes || root.kind === 'heap' || root.kind === 'result')) {
          if (toCaller) l.tag.toResult(root.index, derefs);
          else l.tag.toHeap(derefs);
        }
        if (isAddress && !l.escapes && l.memory && toCaller) {
          if (l.to?.has(root.index)) continue;
          if (!l.to) enqueue(l);
          l.to ??= new Set();
          if (l !== root) l.to.add(root.index);
          continue;
        }
        if (isAddress && !l.escapes) {
          l.escapes = true;
          enqueue(l);
          continue;
        }
      }
      for (const e of l.edges) {
        if (e.src.escapes && e.src.kind !== 'param') continue;
        const d = derefs + e.derefs;
        if (e.src.walk === walk && e.src.derefs <= d) continue;
        e.src.walk = walk;
        e.src.derefs = d;
        todo.push(e.src);
      }
    }
  }
}

/** May a value stored in l be used when `other` is no more? */
function outlives(l: Loc, other: Loc): boolean {
  if (l.escapes || l.kind === 'heap' || l.lifted) return true;
  if (l.kind === 'result' && !l.frame!.direct) return true;
  if (l.frame === other.frame && l.loopDepth < other.loopDepth) return true;
  return l.frame !== null && other.frame !== null && l.frame.strictlyContains(other.frame);
}
