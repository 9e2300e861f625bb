// Going through the expressions of the IR: types of expressions, the operands of statements, and rebuilding them.
//
// Guarantees: operands are visited in the order they are evaluated; a rebuilt statement is the old object if no operand changed.

import type { BinOp, Expr, Local, MemType, Scalar, Stmt, Term, UnOp } from './ir.ts';

/** The type a wasm operator yields: comparisons give i32, all others the type in their name. */
export function unType(op: UnOp): Scalar {
  return op === 'i64.eqz' ? 'i32' : (op.slice(0, 3) as Scalar);
}

export function unOperand(op: UnOp): Scalar {
  const us = op.indexOf('_');
  if (us < 0) return op.slice(0, 3) as Scalar;
  for (const t of ['i32', 'i64', 'f32', 'f64'] as const) if (op.indexOf(t, us) > 0) return t;
  return op.slice(0, 3) as Scalar;
}

const comparisons = new Set([
  'eq',
  'ne',
  'lt',
  'gt',
  'le',
  'ge',
  'lt_s',
  'lt_u',
  'gt_s',
  'gt_u',
  'le_s',
  'le_u',
  'ge_s',
  'ge_u',
]);

export function isComparison(op: BinOp): boolean {
  return comparisons.has(op.slice(4));
}

export function binType(op: BinOp): Scalar {
  return isComparison(op) ? 'i32' : (op.slice(0, 3) as Scalar);
}

export function memType(mem: MemType): Scalar {
  switch (mem) {
    case 'i8':
    case 'u8':
    case 'i16':
    case 'u16':
    case 'i32':
      return 'i32';
    case 'f32':
    case 'f64':
    case 'ptr':
      return mem;
    default:
      return 'i64';
  }
}

export function exprType(x: Expr): Scalar {
  switch (x.kind) {
    case 'const':
      return x.type;
    case 'get':
      return x.local.type;
    case 'un':
      return unType(x.op);
    case 'bin':
      return binType(x.op);
    case 'load':
      return memType(x.mem);
    case 'select':
      return exprType(x.x);
    case 'funcidx':
      return 'i32';
    case 'addr':
    case 'slot':
    case 'fp':
    case 'calleefp':
      return 'ptr';
  }
}

/** Calls f for x and every expression below it, outermost first. */
export function walkExpr(x: Expr, f: (x: Expr) => void): void {
  f(x);
  switch (x.kind) {
    case 'un':
      walkExpr(x.x, f);
      break;
    case 'bin':
      walkExpr(x.x, f);
      walkExpr(x.y, f);
      break;
    case 'load':
      walkExpr(x.addr, f);
      break;
    case 'select':
      walkExpr(x.x, f);
      walkExpr(x.y, f);
      walkExpr(x.cond, f);
      break;
  }
}

/** Calls f for each operand of a statement. */
export function stmtOperands(s: Stmt, f: (x: Expr) => void): void {
  switch (s.kind) {
    case 'set':
      f(s.x);
      break;
    case 'store':
      f(s.addr);
      f(s.x);
      break;
    case 'callind':
      for (const a of s.args) f(a);
      f(s.target);
      break;
    case 'call':
    case 'callrt':
    case 'callimport':
      for (const a of s.args) f(a);
      break;
    case 'check':
      f(s.cond);
      for (const a of s.args) f(a);
      break;
    case 'copy':
      f(s.dst);
      f(s.src);
      f(s.n);
      break;
    case 'fill':
      f(s.dst);
      f(s.byte);
      f(s.n);
      break;
    case 'atomic':
      f(s.addr);
      for (const a of s.args) f(a);
      break;
    case 'suspend':
    case 'vardef':
      break;
  }
}

export function termOperands(t: Term, f: (x: Expr) => void): void {
  if (t.kind === 'if') f(t.cond);
  else if (t.kind === 'switch') f(t.x);
  else if (t.kind === 'return') for (const v of t.values) f(v);
}

function mapList(list: readonly Expr[], f: (x: Expr) => Expr): readonly Expr[] {
  let out: Expr[] | null = null;
  for (let i = 0; i < list.length; i++) {
    const y = f(list[i]!);
    if (y !== list[i] && !out) out = list.slice();
    if (out) out[i] = y;
  }
  return out ?? list;
}

/** The statement with each operand replaced by f's answer. */
export function mapStmt(s: Stmt, f: (x: Expr) => Expr): Stmt {
  switch (s.kind) {
    case 'set': {
      const x = f(s.x);
      return x === s.x ? s : { kind: 'set', local: s.local, x };
    }
    case 'store': {
      const addr = f(s.addr);
      const x = f(s.x);
      return addr === s.addr && x === s.x ? s : { kind: 'store', mem: s.mem, addr, off: s.off, x, wb: s.wb };
    }
    case 'call':
    case 'callrt':
    case 'callimport': {
      const args = mapList(s.args, f);
      return args === s.args ? s : { ...s, args };
    }
    case 'callind': {
      const args = mapList(s.args, f);
      const target = f(s.target);
      return args === s.args && target === s.target ? s : { ...s, args, target };
    }
    case 'check': {
      const cond = f(s.cond);
      const args = mapList(s.args, f);
      return cond === s.cond && args === s.args ? s : { ...s, cond, args };
    }
    case 'copy': {
      const dst = f(s.dst);
      const src = f(s.src);
      const n = f(s.n);
      return dst === s.dst && src === s.src && n === s.n ? s : { ...s, dst, src, n };
    }
    case 'fill': {
      const dst = f(s.dst);
      const byte = f(s.byte);
      const n = f(s.n);
      return dst === s.dst && byte === s.byte && n === s.n ? s : { ...s, dst, byte, n };
    }
    case 'atomic': {
      const addr = f(s.addr);
      const args = mapList(s.args, f);
      return addr === s.addr && args === s.args ? s : { ...s, addr, args };
    }
    case 'suspend':
    case 'vardef':
      return s;
  }
}

export function mapTerm(t: Term, f: (x: Expr) => Expr): Term {
  switch (t.kind) {
    case 'if': {
      const cond = f(t.cond);
      return cond === t.cond ? t : { kind: 'if', cond, then: t.then, else: t.else };
    }
    case 'switch': {
      const x = f(t.x);
      return x === t.x ? t : { kind: 'switch', x, targets: t.targets, default: t.default };
    }
    case 'return': {
      const values = mapList(t.values, f);
      return values === t.values ? t : { kind: 'return', values };
    }
    default:
      return t;
  }
}

/** The expression with f's answers in place of the leaves and parts it changes; parts are rebuilt before f sees their whole. */
export function mapExpr(x: Expr, f: (x: Expr) => Expr): Expr {
  switch (x.kind) {
    case 'un': {
      const a = mapExpr(x.x, f);
      return f(a === x.x ? x : { kind: 'un', op: x.op, x: a });
    }
    case 'bin': {
      const a = mapExpr(x.x, f);
      const b = mapExpr(x.y, f);
      return f(a === x.x && b === x.y ? x : { kind: 'bin', op: x.op, x: a, y: b });
    }
    case 'load': {
      const a = mapExpr(x.addr, f);
      return f(a === x.addr ? x : { kind: 'load', mem: x.mem, addr: a, off: x.off });
    }
    case 'select': {
      const a = mapExpr(x.x, f);
      const b = mapExpr(x.y, f);
      const c = mapExpr(x.cond, f);
      return f(a === x.x && b === x.y && c === x.cond ? x : { kind: 'select', cond: c, x: a, y: b });
    }
    default:
      return f(x);
  }
}

/** The locals a statement assigns. */
export function stmtResults(s: Stmt): readonly (Local | null)[] {
  switch (s.kind) {
    case 'call':
    case 'callind':
    case 'callrt':
    case 'callimport':
      return s.results;
    default:
      return none;
  }
}

const none: readonly (Local | null)[] = [];
