// Checks that IR is well formed: every block ends, operands have the types their operations want, calls fit their callees.
//
// Guarantees: returns all complaints, each with the function and statement; an empty list means the emitter can take the program.
// `ptr` and `i32` are interchangeable in operands (wasm makes no difference, and the collector only looks at locals).

import type { BinOp, Expr, Func, Local, Program, Scalar, Stmt, UnOp } from './ir.ts';
import { printExpr, printStmt, printTerm } from './print.ts';
import { binType, memType, unOperand, unType } from './walk.ts';

export function verifyProgram(p: Program): string[] {
  const out: string[] = [];
  for (const fn of p.funcs) verifyFunc(fn, out);
  return out;
}

const plain = (t: Scalar): Scalar => (t === 'ptr' ? 'i32' : t);

export function verifyFunc(fn: Func, out: string[]): void {
  const locals = new Set(fn.locals);
  const blocks = new Set(fn.blocks);
  const slots = new Set(fn.slots);
  let at = '';
  const complain = (what: string): void => {
    out.push(`${fn.name}: ${what}${at ? ` in: ${at}` : ''}`);
  };
  const own = (l: Local): void => {
    if (!locals.has(l)) complain(`local ${l.name}.${l.id} of another function`);
  };

  const type = (x: Expr): Scalar => {
    switch (x.kind) {
      case 'const': {
        const big = typeof x.value === 'bigint';
        if (big !== (x.type === 'i64')) complain(`constant of type ${x.type} is a ${typeof x.value}`);
        return x.type;
      }
      case 'get':
        own(x.local);
        return x.local.type;
      case 'un':
        want(x.x, unOperand(x.op as UnOp));
        return unType(x.op);
      case 'bin': {
        const t = x.op.slice(0, 3) as Scalar;
        want(x.x, t);
        want(x.y, t);
        return binType(x.op as BinOp);
      }
      case 'load':
        want(x.addr, 'i32');
        if (x.off < 0) complain('negative offset');
        return memType(x.mem);
      case 'select': {
        want(x.cond, 'i32');
        const t = type(x.x);
        want(x.y, t);
        return t;
      }
      case 'slot':
        if (!slots.has(x.slot)) complain(`slot ${x.slot.name} of another function`);
        if (x.off < 0 || x.off > x.slot.size) complain(`offset ${x.off} outside slot ${x.slot.name}`);
        return 'ptr';
      case 'addr':
      case 'fp':
      case 'calleefp':
        return 'ptr';
      case 'funcidx':
        if (!x.fn.addressTaken) complain(`${x.fn.name} is used as a value but not marked addressTaken`);
        return 'i32';
    }
  };
  const want = (x: Expr, t: Scalar): void => {
    const got = type(x);
    if (plain(got) !== plain(t)) complain(`${printExpr(x)} is ${got}, not ${t}`);
  };
  const args = (xs: readonly Expr[], ts: readonly Scalar[]): void => {
    if (xs.length !== ts.length) complain(`${xs.length} arguments for ${ts.length} parameters`);
    for (let i = 0; i < xs.length && i < ts.length; i++) want(xs[i]!, ts[i]!);
  };
  const results = (ls: readonly (Local | null)[], ts: readonly Scalar[]): void => {
    if (ls.length !== 0 && ls.length !== ts.length) complain(`${ls.length} locals for ${ts.length} results`);
    for (let i = 0; i < ls.length && i < ts.length; i++) {
      const l = ls[i];
      if (!l) continue;
      own(l);
      if (plain(l.type) !== plain(ts[i]!)) complain(`result ${i} is ${ts[i]}, its local ${l.type}`);
    }
  };
  const params = (f: Func): Scalar[] => f.params.map((l) => l.type);

  const stmt = (s: Stmt): void => {
    switch (s.kind) {
      case 'set':
        own(s.local);
        want(s.x, s.local.type);
        break;
      case 'store':
        want(s.addr, 'i32');
        want(s.x, memType(s.mem));
        if (s.off < 0) complain('negative offset');
        break;
      case 'call':
        args(s.args, params(s.fn));
        results(s.results, s.fn.results);
        break;
      case 'callind':
        want(s.target, 'i32');
        args(s.args, s.sig.params);
        results(s.results, s.sig.results);
        break;
      case 'callrt':
        for (const a of s.args) type(a);
        for (const r of s.results) if (r) own(r);
        break;
      case 'callimport':
        args(s.args, s.sig.params);
        results(s.results, s.sig.results);
        break;
      case 'check':
        want(s.cond, 'i32');
        args(s.args, params(s.fn));
        break;
      case 'suspend':
        break;
      case 'vardef':
        if (!slots.has(s.slot)) complain('a stack object of another function');
        break;
      case 'copy':
        want(s.dst, 'i32');
        want(s.src, 'i32');
        want(s.n, 'i32');
        break;
      case 'fill':
        want(s.dst, 'i32');
        want(s.byte, 'i32');
        want(s.n, 'i32');
        break;
      case 'atomic':
        if (s.op !== 'atomic.fence') want(s.addr, 'i32');
        for (const a of s.args) type(a);
        if (s.result) own(s.result);
        break;
    }
  };

  for (const p of fn.params) own(p);
  if (fn.catchLocal) {
    own(fn.catchLocal);
    if (fn.catchLocal.type !== 'i32') complain('catchLocal is not i32');
  }
  if (!fn.entry || !blocks.has(fn.entry)) complain('no entry');
  for (const b of fn.blocks) {
    for (const s of b.stmts) {
      at = printStmt(s);
      stmt(s);
    }
    const t = b.term;
    at = `b${b.id}`;
    if (!t) {
      complain('block without terminator');
      continue;
    }
    at = `b${b.id}: ${printTerm(t)}`;
    const to = [];
    switch (t.kind) {
      case 'jump':
        to.push(t.to);
        break;
      case 'if':
        want(t.cond, 'i32');
        to.push(t.then, t.else);
        break;
      case 'switch':
        want(t.x, 'i32');
        to.push(...t.targets, t.default);
        break;
      case 'return':
        args(t.values, fn.results);
        break;
    }
    for (const target of to) if (!blocks.has(target)) complain(`edge to a block of another function`);
    at = '';
  }
}
