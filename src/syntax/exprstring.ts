// Expressions as gc's messages print them: one line, bodies of literals abridged to "…".
//
// Guarantees: the text is a function of the tree alone; parentheses are those of the source.
// Source: observed behaviour of gc 1.26.

import type { Expr, Field, FuncType } from './nodes.ts';
import { tokenText } from './token.ts';

/** The expression as messages show it. */
export function exprString(e: Expr): string {
  switch (e.kind) {
    case 'Ident':
      return e.name;
    case 'BasicLit':
      return e.value;
    case 'BadExpr':
      return '<bad expr>';
    case 'FuncLit':
      return `func${signatureString(e.type)} {${e.body.list.length > 0 ? '…' : ''}}`;
    case 'CompositeLit':
      return `${e.type ? exprString(e.type) : ''}{${e.elts.length > 0 ? '…' : ''}}`;
    case 'ParenExpr':
      return `(${exprString(e.x)})`;
    case 'SelectorExpr':
      return `${exprString(e.x)}.${e.sel.name}`;
    case 'IndexExpr':
      return `${exprString(e.x)}[${exprListString(e.indices)}]`;
    case 'SliceExpr': {
      const low = e.low ? exprString(e.low) : '';
      const high = e.high ? exprString(e.high) : '';
      const max = e.max ? `:${exprString(e.max)}` : '';
      return `${exprString(e.x)}[${low}:${high}${max}]`;
    }
    case 'TypeAssertExpr':
      return `${exprString(e.x)}.(${e.type ? exprString(e.type) : 'type'})`;
    case 'CallExpr':
      return `${exprString(e.fun)}(${exprListString(e.args)}${e.ellipsis ? '...' : ''})`;
    case 'StarExpr':
      return `*${exprString(e.x)}`;
    case 'UnaryExpr':
      return tokenText(e.op) + exprString(e.x);
    case 'BinaryExpr':
      return `${exprString(e.x)} ${tokenText(e.op)} ${exprString(e.y)}`;
    case 'KeyValueExpr':
      return `${exprString(e.key)}: ${exprString(e.value)}`;
    case 'ArrayType':
      if (!e.len) return `[]${exprString(e.elem)}`;
      return `[${e.len.kind === 'Ellipsis' ? '...' : exprString(e.len)}]${exprString(e.elem)}`;
    case 'Ellipsis':
      return `...${e.elt ? exprString(e.elt) : ''}`;
    case 'StructType':
      return `struct{${e.fields.map(structFieldString).join('; ')}}`;
    case 'FuncType':
      return `func${signatureString(e)}`;
    case 'InterfaceType':
      return `interface{${e.methods.map(methodString).join('; ')}}`;
    case 'MapType':
      return `map[${exprString(e.key)}]${exprString(e.value)}`;
    case 'ChanType': {
      const elem = exprString(e.value);
      if (e.dir === 'recv') return `<-chan ${elem}`;
      if (e.dir === 'send') return `chan<- ${elem}`;
      return e.value.kind === 'ChanType' && e.value.dir === 'recv' ? `chan (${elem})` : `chan ${elem}`;
    }
  }
}

/** The expressions, separated by commas. */
export function exprListString(list: readonly Expr[]): string {
  return list.map(exprString).join(', ');
}

function structFieldString(f: Field): string {
  const tag = f.tag ? ` ${f.tag.value}` : '';
  return fieldString(f) + tag;
}

function methodString(f: Field): string {
  const name = f.names[0];
  if (name && f.type.kind === 'FuncType') return name.name + signatureString(f.type);
  return exprString(f.type);
}

function fieldString(f: Field): string {
  const type = exprString(f.type);
  return f.names.length > 0 ? `${f.names.map((n) => n.name).join(', ')} ${type}` : type;
}

function signatureString(t: FuncType): string {
  const params = `(${t.params.map(fieldString).join(', ')})`;
  if (t.results.length === 0) return params;
  const only = t.results[0]!;
  if (t.results.length === 1 && only.names.length === 0) return `${params} ${exprString(only.type)}`;
  return `${params} (${t.results.map(fieldString).join(', ')})`;
}
