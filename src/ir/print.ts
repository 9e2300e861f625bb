// The IR as text, for `burrow tool compile -dump=ir` and for messages of failing tests.
//
// Guarantees: the same program prints the same text; every local is printed as its Go name and id, temporaries as t and id.

import type { Block, Expr, Func, Local, Program, Slot, Stmt, Term } from './ir.ts';

export function printProgram(p: Program): string {
  return p.funcs.map(printFunc).join('\n');
}

export function printFunc(fn: Func): string {
  const params = fn.params.map((l) => `${local(l)} ${l.type}`).join(', ');
  const marks: string[] = [];
  if (fn.suspends) marks.push('suspends');
  if (fn.throws) marks.push('throws');
  if (fn.nosuspend) marks.push('nosuspend');
  if (fn.noinline) marks.push('noinline');
  if (fn.wrapper) marks.push('wrapper');
  if (fn.addressTaken) marks.push('addresstaken');
  if (fn.catchLocal) marks.push(`catch ${local(fn.catchLocal)}`);
  const out = [`func ${fn.name}(${params}) (${fn.results.join(', ')})${marks.length ? ` // ${marks.join(', ')}` : ''}`];
  for (const s of fn.slots)
    out.push(`  slot ${slot(s)} [${s.size}]${s.ptrs.length ? ` ptrs ${s.ptrs.join(' ')}` : ''}`);
  for (const b of fn.blocks) {
    out.push(`${block(b)}:${b === fn.entry ? ' // entry' : ''}`);
    for (const s of b.stmts) out.push(`    ${printStmt(s)}`);
    out.push(`    ${b.term ? printTerm(b.term) : 'NO TERMINATOR'}`);
  }
  return `${out.join('\n')}\n`;
}

const local = (l: Local): string => (l.name ? `${l.name}.${l.id}` : `t${l.id}`);
const block = (b: Block): string => `b${b.id}`;
const slot = (s: Slot): string => `&${s.name || 'slot'}`;
const list = (xs: readonly Expr[]): string => xs.map(printExpr).join(', ');
const offset = (off: number): string => (off ? `+${off}` : '');

export function printExpr(x: Expr): string {
  switch (x.kind) {
    case 'const':
      return x.type === 'i32' ? `${x.value}` : x.type === 'ptr' && !x.value ? 'nil' : `${x.type}:${x.value}`;
    case 'get':
      return local(x.local);
    case 'un':
      return `${x.op}(${printExpr(x.x)})`;
    case 'bin':
      return `${x.op}(${printExpr(x.x)}, ${printExpr(x.y)})`;
    case 'load':
      return `${x.mem}[${printExpr(x.addr)}${offset(x.off)}]`;
    case 'select':
      return `select(${printExpr(x.cond)}, ${printExpr(x.x)}, ${printExpr(x.y)})`;
    case 'addr':
      return `&${x.sym.name}${offset(x.off)}`;
    case 'funcidx':
      return `funcidx ${x.fn.name}`;
    case 'slot':
      return `${slot(x.slot)}${offset(x.off)}`;
    case 'fp':
    case 'calleefp':
      return x.kind;
  }
}

export function printStmt(s: Stmt): string {
  switch (s.kind) {
    case 'set':
      return `${local(s.local)} = ${printExpr(s.x)}`;
    case 'store':
      return `${s.mem}[${printExpr(s.addr)}${offset(s.off)}] = ${printExpr(s.x)}${s.wb ? ' // wb' : ''}`;
    case 'call':
      return `${results(s.results)}${s.fn.name}(${list(s.args)})`;
    case 'callind':
      return `${results(s.results)}callind [${printExpr(s.target)}] (${list(s.args)})`;
    case 'callrt':
      return `${results(s.results)}rt.${s.name}(${list(s.args)})`;
    case 'callimport':
      return `${results(s.results)}${s.module}.${s.name}(${list(s.args)})`;
    case 'check':
      return `check ${s.check} ${printExpr(s.cond)} → ${s.fn.name}(${list(s.args)})`;
    case 'suspend':
      return 'suspend';
    case 'vardef':
      return `vardef ${slot(s.slot)}`;
    case 'copy':
      return `copy ${printExpr(s.dst)} ← ${printExpr(s.src)}, ${printExpr(s.n)}${s.wb ? ` // wb ${s.wb.name}` : ''}`;
    case 'fill':
      return `fill ${printExpr(s.dst)} ← ${printExpr(s.byte)}, ${printExpr(s.n)}`;
    case 'atomic':
      return `${s.result ? `${local(s.result)} = ` : ''}${s.op} [${printExpr(s.addr)}${offset(s.off)}](${list(s.args)})`;
  }
}

const results = (rs: readonly (Local | null)[]): string =>
  rs.length ? `${rs.map((l) => (l ? local(l) : '_')).join(', ')} = ` : '';

export function printTerm(t: Term): string {
  switch (t.kind) {
    case 'jump':
      return `jump ${block(t.to)}`;
    case 'if':
      return `if ${printExpr(t.cond)} → ${block(t.then)} else ${block(t.else)}`;
    case 'switch':
      return `switch ${printExpr(t.x)} [${t.targets.map(block).join(' ')}] default ${block(t.default)}`;
    case 'return':
      return `return ${list(t.values)}`;
    case 'throw':
    case 'unreachable':
      return t.kind;
  }
}
