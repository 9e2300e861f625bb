// Strongly connected components of a graph of numbers.
//
// Guarantees: components come in reverse topological order (callees before callers); iterative, linear.
// Source: R. Tarjan, "Depth-First Search and Linear Graph Algorithms" (1972).

export function components(succs: readonly (readonly number[])[]): number[][] {
  const n = succs.length;
  const order = new Int32Array(n).fill(-1);
  const low = new Int32Array(n);
  const onStack = new Uint8Array(n);
  const stack: number[] = [];
  const out: number[][] = [];
  let count = 0;
  for (let root = 0; root < n; root++) {
    if (order[root]! >= 0) continue;
    const path = [root];
    const at = [0];
    while (path.length > 0) {
      const v = path[path.length - 1]!;
      const i = at[at.length - 1]!;
      if (i === 0 && order[v]! < 0) {
        order[v] = low[v] = count++;
        stack.push(v);
        onStack[v] = 1;
      }
      const list = succs[v]!;
      if (i < list.length) {
        at[at.length - 1] = i + 1;
        const to = list[i]!;
        if (order[to]! < 0) {
          path.push(to);
          at.push(0);
        } else if (onStack[to]) low[v] = Math.min(low[v]!, order[to]!);
        continue;
      }
      path.pop();
      at.pop();
      const parent = path[path.length - 1];
      if (parent !== undefined) low[parent] = Math.min(low[parent]!, low[v]!);
      if (low[v] !== order[v]) continue;
      const comp: number[] = [];
      for (;;) {
        const x = stack.pop()!;
        onStack[x] = 0;
        comp.push(x);
        if (x === v) break;
      }
      out.push(comp);
    }
  }
  return out;
}
