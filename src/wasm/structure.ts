// Writes a reducible graph of nodes as nested blocks, loops and ifs.
//
// Assumes: node numbers are a topological order of the forward edges, with dominators (graph.ts).
// Guarantees: every node is written once; a branch to what follows anyway is left out. What a loop dominates but does not contain
// is written behind the loop, not in it. Depth of recursion is that of the source's nesting: chains are loops here.
// Source: N. Ramsey, "Beyond Relooper: Recursive Translation of Unstructured Control Flow to Structured Control Flow", ICFP 2022.

import { type Graph, nodeInLoop } from './graph.ts';

/** Where control goes when it falls off the end of what is being written: a node, or -1 for nowhere. */
export type Next = number;

export interface Writer {
  block(): void;
  loop(header: number): void;
  end(): void;
  /** Writes a node's code and the way on. Answers a node that must be written in place, or -1. */
  node(n: number, next: Next): number;
}

export class Structure {
  private readonly g: Graph;
  private readonly out: Writer;
  private readonly inside: (number[] | undefined)[];
  private readonly outside: (number[] | undefined)[];
  /** number of constructs open around a node's label; -1 if it is not open */
  private readonly labelAt: Int32Array;
  private readonly loopAt: Int32Array;
  private depth: number;
  /** nodes that have a label (others are written in place) */
  readonly placed: Uint8Array;
  /** how often control fell through to a node without a branch */
  readonly fallen: Int32Array;

  /** `depth`: constructs already open; `tiny`: the node ends the function and is short enough to be written inside a loop. */
  constructor(g: Graph, out: Writer, depth: number, tiny: (n: number) => boolean) {
    this.g = g;
    this.out = out;
    this.depth = depth;
    const count = g.nodes.length;
    this.inside = new Array(count);
    this.outside = new Array(count);
    this.labelAt = new Int32Array(count).fill(-1);
    this.loopAt = new Int32Array(count).fill(-1);
    this.placed = new Uint8Array(count);
    this.fallen = new Int32Array(count);
    for (let y = 1; y < count; y++) {
      const d = g.idom[y]!;
      if (d < 0) continue;
      let header = -1;
      for (let h = g.loop[d]!; h >= 0 && !nodeInLoop(g, y, h); h = g.outer[h]!) header = h;
      if (header >= 0 && (g.labelled[y] || !tiny(y))) {
        (this.outside[header] ??= []).push(y);
        this.placed[y] = 1;
      } else if (g.labelled[y]) {
        (this.inside[d] ??= []).push(y);
        this.placed[y] = 1;
      }
    }
  }

  /** Depth operand of a branch to a node. */
  label(n: number): number {
    const at = this.labelAt[n]!;
    if (at < 0) throw new Error('branch to a label that is not open');
    return this.depth - at;
  }

  loopLabel(n: number): number {
    const at = this.loopAt[n]!;
    if (at < 0) throw new Error('back edge to a loop that is not open');
    return this.depth - at;
  }

  /** Constructs open, for labels the caller opened itself. */
  get open(): number {
    return this.depth;
  }

  enter(): void {
    this.depth++;
  }

  leave(): void {
    this.depth--;
  }

  write(n: number, next: Next): void {
    for (;;) {
      const outside = this.outside[n];
      const inside = this.inside[n];
      const isLoop = this.g.loop[n] === n;
      if (outside) for (let i = outside.length - 1; i >= 0; i--) this.openLabel(outside[i]!);
      if (isLoop) {
        this.out.loop(n);
        this.loopAt[n] = ++this.depth;
      }
      if (inside) for (let i = inside.length - 1; i >= 0; i--) this.openLabel(inside[i]!);
      const after = outside ? outside[0]! : next;
      const tail = this.out.node(n, inside ? inside[0]! : after);
      if (!inside && !outside && !isLoop) {
        if (tail < 0) return;
        n = tail;
        continue;
      }
      if (tail >= 0) this.write(tail, inside ? inside[0]! : after);
      let last = -1;
      if (inside) {
        for (let i = 0; i < inside.length; i++) {
          this.closeLabel(inside[i]!);
          const follow = i + 1 < inside.length ? inside[i + 1]! : after;
          if (i + 1 === inside.length && !isLoop && !outside) last = inside[i]!;
          else this.write(inside[i]!, follow);
        }
      }
      if (isLoop) {
        this.out.end();
        this.depth--;
        this.loopAt[n] = -1;
      }
      if (outside) {
        for (let i = 0; i < outside.length; i++) {
          this.closeLabel(outside[i]!);
          const follow = i + 1 < outside.length ? outside[i + 1]! : next;
          if (i + 1 === outside.length) last = outside[i]!;
          else this.write(outside[i]!, follow);
        }
      }
      if (last < 0) return;
      n = last;
    }
  }

  private openLabel(n: number): void {
    this.out.block();
    this.labelAt[n] = ++this.depth;
  }

  private closeLabel(n: number): void {
    this.out.end();
    this.depth--;
    this.labelAt[n] = -1;
  }
}
