// A function of a finished module as text, for `burrow tool compile -dump=wasm`.
//
// Guarantees: one instruction a line, indented by nesting, branches with the label they go to; calls by name where a name is known.

import { codeStart, instruction, type Module, parseModule, Reader } from './parse.ts';
import type { Linked } from './program.ts';

/** The program functions called `name` (or all, for null), disassembled. */
export function dumpWasm(linked: Linked, name: string | null): string {
  const m = parseModule(linked.wasm);
  const names = new Map<number, string>();
  for (const [fn, i] of linked.funcIndex) names.set(i, fn.name);
  for (const e of m.exports) if (e.kind === 0) names.set(e.index, e.name);
  m.imports.forEach((x, i) => {
    names.set(i, `${x.module}.${x.name}`);
  });
  const out: string[] = [];
  for (const [fn, i] of linked.funcIndex) if (name === null || fn.name === name) out.push(disassemble(m, i, names));
  return out.join('\n');
}

const typeNames = new Map([
  [0x7f, 'i32'],
  [0x7e, 'i64'],
  [0x7d, 'f32'],
  [0x7c, 'f64'],
  [0x40, ''],
]);
const types = (ts: readonly number[]): string => ts.map((t) => typeNames.get(t) ?? `type ${t}`).join(' ');

export function disassemble(m: Module, index: number, names: ReadonlyMap<number, string>): string {
  const own = index - m.imports.length;
  const type = m.types[m.funcs[own]!]!;
  const body = m.bodies[own]!;
  const out = [`func ${names.get(index) ?? index} (param ${types(type.params)}) (result ${types(type.results)})`];
  const r = new Reader(m.bytes, body.start);
  const locals: string[] = [];
  for (let n = r.uleb(); n > 0; n--) {
    const k = r.uleb();
    const t = typeNames.get(r.u8())!;
    for (let i = 0; i < k; i++) locals.push(t);
  }
  if (locals.length > 0) out.push(`  (local ${locals.join(' ')})`);
  r.pos = codeStart(m, body);
  let depth = 1;
  const labels: string[] = ['return'];
  let next = 0;
  while (r.pos < body.end) {
    const at = r.pos;
    let target = '';
    const op = instruction(r, (kind, i) => {
      if (kind === 'func') target = names.get(i) ?? `func ${i}`;
      else if (kind === 'type') target = `(${types(m.types[i]!.params)}) → (${types(m.types[i]!.results)})`;
    });
    if (op.name === 'end' || op.name === 'else') depth--;
    let line = `${'  '.repeat(Math.max(depth, 0))}${op.name}`;
    const imm = new Reader(m.bytes, at + 1);
    switch (op.imm) {
      case 'label':
        line += ` ${labels[labels.length - 1 - imm.uleb()]}`;
        break;
      case 'table': {
        const list: string[] = [];
        for (let n = imm.uleb(); n >= 0; n--) list.push(labels[labels.length - 1 - imm.uleb()]!);
        line += ` ${list.join(' ')}`;
        break;
      }
      case 'func':
      case 'callind':
        line += ` ${target}`;
        break;
      case 'local':
      case 'global':
        line += ` ${imm.uleb()}`;
        break;
      case 'i32':
        line += ` ${imm.sleb()}`;
        break;
      case 'i64':
        line += ` ${imm.sleb64()}`;
        break;
      case 'f32':
        line += ` ${new DataView(m.bytes.buffer, m.bytes.byteOffset + imm.pos).getFloat32(0, true)}`;
        break;
      case 'f64':
        line += ` ${new DataView(m.bytes.buffer, m.bytes.byteOffset + imm.pos).getFloat64(0, true)}`;
        break;
      case 'mem': {
        if (op.prefix) imm.uleb();
        imm.uleb();
        const off = imm.uleb();
        if (off) line += ` offset=${off}`;
        break;
      }
    }
    if (op.imm === 'block' || op.imm === 'trytable') {
      const label = `$${op.name === 'loop' ? 'loop' : op.name === 'if' ? 'if' : op.name === 'try_table' ? 'try' : 'block'}${next++}`;
      labels.push(label);
      line += ` ${label}`;
      depth++;
    } else if (op.name === 'else') depth++;
    else if (op.name === 'end') {
      const label = labels.pop();
      if (label && label !== 'return') line += ` ${label}`;
    }
    out.push(line);
  }
  return `${out.join('\n')}\n`;
}
