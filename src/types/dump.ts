// The printer behind -dump=types: every package-level declaration of a package with its type.
//
// Guarantees: source order; one declaration a line, methods below their type.

import { exactString } from './constant.ts';
import type { CheckedPackage } from './api.ts';
import { typeString } from './typestring.ts';
import { asNamed, under } from './under.ts';
import type { Func, Obj, Package, Type } from './types.ts';

/** The declarations as text; only, if given, names the one to print. */
export function dumpTypes(checked: CheckedPackage, only = ''): string {
  const { pkg } = checked;
  const qualifier = (p: Package): string => (p === pkg ? '' : p.path);
  const str = (t: Type | null): string => (t ? typeString(t, qualifier) : '?');
  const out: string[] = [`package ${pkg.name} // ${pkg.path}`];

  const method = (m: Func): string => {
    const recv = m.type && m.sig.recv ? `(${str(m.sig.recv.type)}) ` : '';
    return `func ${recv}${m.name}${str(m.type).replace(/^func/, '')}`;
  };
  const line = (obj: Obj): string => {
    switch (obj.tag) {
      case 'Const':
        return `const ${obj.name} ${str(obj.type)} = ${obj.val ? exactString(obj.val) : '?'}`;
      case 'Var':
        return `var ${obj.name} ${str(obj.type)}`;
      case 'Func':
        return method(obj);
      case 'TypeName': {
        const t = obj.type;
        if (t?.tag === 'Alias') return `type ${obj.name} = ${str(t.rhs)}`;
        return `type ${t ? str(t) : obj.name} ${t ? str(under(t)) : '?'}`;
      }
      default:
        return obj.name;
    }
  };

  for (const obj of checked.decls.keys()) {
    if (only && obj.name !== only) continue;
    if (obj.tag === 'Func' && obj.type && obj.sig.recv && !only) continue;
    out.push(line(obj));
    const named = obj.tag === 'TypeName' && obj.type ? asNamed(obj.type) : null;
    if (named && named.obj === obj) for (const m of named.methods) out.push(`  ${method(m)}`);
  }
  for (const { lhs, rhs } of checked.initOrder) {
    if (!only) out.push(`init ${lhs.map((v) => v.name).join(', ')} // ${rhs.kind}`);
  }
  return `${out.join('\n')}\n`;
}
