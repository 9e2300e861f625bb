// The printer behind -dump=types: the declarations of a package with their types, and the expressions of a function.
//
// Guarantees: source order; one declaration or expression a line, methods below their type.

import type { Expr, FuncDecl } from '../syntax/nodes.ts';
import type { FileSet } from '../syntax/position.ts';
import type { CheckedPackage } from './api.ts';
import { exactString } from './constant.ts';
import { exprString } from './exprstring.ts';
import { type Func, type Instance, Mode, type Obj, type Type, type TypeAndValue, type TypeParam } from './types.ts';
import { type Qualifier, typeString } from './typestring.ts';
import { asNamed, under } from './under.ts';

function qualifierOf(checked: CheckedPackage): Qualifier {
  return (p) => (p === checked.pkg ? '' : p.path);
}

/** The declarations as text. */
export function dumpTypes(checked: CheckedPackage): string {
  const qf = qualifierOf(checked);
  const str = (t: Type | null): string => (t ? typeString(t, qf) : '?');
  const tparams = (list: readonly TypeParam[]): string => {
    return list.length > 0 ? `[${list.map((p) => `${p.obj.name} ${str(p.bound)}`).join(', ')}]` : '';
  };
  const func = (m: Func): string => {
    const recv = m.type ? m.sig.recv : null;
    const name = recv ? `(${recv.name ? `${recv.name} ` : ''}${str(recv.type)}) ${m.name}` : m.name;
    return `func ${name}${str(m.type).replace(/^func/, '')}`;
  };
  const line = (obj: Obj): string => {
    switch (obj.tag) {
      case 'Const':
        return `const ${obj.name} ${str(obj.type)} = ${obj.val ? exactString(obj.val) : '?'}`;
      case 'Var':
        return `var ${obj.name} ${str(obj.type)}`;
      case 'Func':
        return func(obj);
      case 'TypeName': {
        const t = obj.type;
        if (t?.tag === 'Alias') return `type ${obj.name}${tparams(t.tparams)} = ${str(t.rhs)}`;
        return `type ${str(t)} ${t ? str(under(t)) : '?'}`;
      }
      default:
        return obj.name;
    }
  };

  const out: string[] = [`package ${checked.pkg.name} // ${checked.pkg.path}`];
  for (const obj of checked.decls.keys()) {
    const named = obj.tag === 'TypeName' && obj.type ? asNamed(obj.type) : null;
    if (obj.tag === 'Func' && obj.type && obj.sig.recv) continue;
    out.push(line(obj));
    if (named && named.obj === obj) for (const m of named.methods) out.push(`\t${func(m)}`);
  }
  for (const { lhs, rhs } of checked.initOrder) {
    out.push(`init ${lhs.map((v) => v.name).join(', ')} = ${exprString(rhs)}`);
  }
  return `${out.join('\n')}\n`;
}

const modes = [
  'invalid',
  'no value',
  'builtin',
  'type',
  'constant',
  'variable',
  'map index',
  'value',
  'nil',
  'comma, ok',
  '',
];

/** The expressions of the functions and methods of that name: position, text, mode, type and value. */
export function dumpFunc(checked: CheckedPackage, fset: FileSet, name: string): string {
  const qf = qualifierOf(checked);
  const out: string[] = [];
  const visit = (n: unknown): void => {
    if (Array.isArray(n)) {
      for (const e of n) visit(e);
      return;
    }
    if (typeof n !== 'object' || n === null || !('kind' in n)) return;
    if ('tv' in n) expr(n as Expr);
    for (const [key, v] of Object.entries(n)) if (!slots.has(key)) visit(v);
  };
  const expr = (e: Expr): void => {
    const tv = e.tv as TypeAndValue | null;
    const inst = e.kind === 'Ident' ? (e.inst as Instance | null) : null;
    if (!tv && !inst) return;
    const p = fset.position(e.pos);
    const targs = inst ? ` [${inst.targs.map((t) => typeString(t, qf)).join(', ')}]` : '';
    const what = tv ? `${modes[tv.mode]} ${typeString(tv.type, qf)}` : '';
    const val = tv?.value && tv.mode === Mode.Constant ? ` = ${exactString(tv.value)}` : '';
    out.push(`${p.line}:${p.column}\t${exprString(e)}${targs}\t${what}${val}`);
  };
  for (const d of checked.decls.values()) {
    const f: FuncDecl | null = d.fdecl;
    if (f?.name.name !== name) continue;
    checked.checkFuncBody(f.name.obj as unknown as Func);
    const sig = (f.name.obj as unknown as Func).type;
    out.push(`func ${f.recv ? `(${exprString(f.recv.type)}) ` : ''}${name}${sig ? typeString(sig, qf).slice(4) : ''}`);
    visit(f.body);
  }
  return `${out.join('\n')}\n`;
}

/** Properties of nodes that lead out of the tree. */
const slots = new Set(['tv', 'obj', 'selection', 'inst', 'target']);
