// Expressions as gofmt writes them, on one line: findings quote the source so.
//
// Guarantees: as gofmt where the expression fits on a line; of a function literal, whose statements do not, only the head.
// Source: observed behaviour of gofmt; R. Griesemer's rules for blanks around binary operators.

import { exprString } from '../syntax/exprstring.ts';
import type { BinaryExpr, Expr, Field, FuncType } from '../syntax/nodes.ts';
import { precedence, T, tokenText } from '../syntax/token.ts';

/** The expression as gofmt writes it. */
export function format(e: Expr): string {
  return text(e, 1);
}

/** Deeper in an expression fewer blanks are put around operators. */
function text(e: Expr, depth: number): string {
  switch (e.kind) {
    case 'FuncLit':
      return `${funcType(e.type)} {${e.body.list.length > 0 ? ' … ' : ''}}`;
    case 'CompositeLit':
      return `${e.type ? text(e.type, 1) : ''}{${list(e.elts, 1)}}`;
    case 'KeyValueExpr':
      return `${text(e.key, 1)}: ${text(e.value, 1)}`;
    case 'ParenExpr':
      return `(${text(e.x, depth > 1 ? depth - 1 : 1)})`;
    case 'SelectorExpr':
      return `${text(e.x, depth)}.${e.sel.name}`;
    case 'IndexExpr':
      return `${text(e.x, 1)}[${list(e.indices, depth + 1)}]`;
    case 'SliceExpr':
      return sliceExpr([e.low, e.high, ...(e.slice3 ? [e.max] : [])], text(e.x, 1), depth);
    case 'TypeAssertExpr':
      return `${text(e.x, depth)}.(${e.type ? text(e.type, 1) : 'type'})`;
    case 'CallExpr': {
      const within = e.args.length > 1 ? depth + 1 : depth;
      return `${text(e.fun, 1)}(${list(e.args, within)}${e.ellipsis ? '...' : ''})`;
    }
    case 'StarExpr':
      return `*${text(e.x, 1)}`;
    case 'UnaryExpr':
      return tokenText(e.op) + text(e.x, depth);
    case 'BinaryExpr':
      return binary(e, 0, depth);
    case 'ArrayType':
      if (!e.len) return `[]${text(e.elem, 1)}`;
      return `[${e.len.kind === 'Ellipsis' ? '...' : text(e.len, 1)}]${text(e.elem, 1)}`;
    case 'StructType':
      return e.fields.length === 0 ? 'struct{}' : `struct{ ${e.fields.map(field).join('; ')} }`;
    case 'InterfaceType':
      return e.methods.length === 0 ? 'interface{}' : `interface{ ${e.methods.map(method).join('; ')} }`;
    case 'FuncType':
      return funcType(e);
    case 'MapType':
      return `map[${text(e.key, 1)}]${text(e.value, 1)}`;
    default:
      return exprString(e);
  }
}

const list = (l: readonly Expr[], depth: number): string => l.map((x) => text(x, depth)).join(', ');

function sliceExpr(bounds: readonly (Expr | null)[], x: string, depth: number): string {
  const many = bounds.filter((b) => b?.kind === 'BinaryExpr').length > 0 && bounds.filter((b) => b).length > 1;
  const at = bounds.map((b) => (b ? text(b, many ? depth + 1 : depth) : ''));
  const spaced = many && depth <= 1;
  return `${x}[${at
    .map((b, i) => {
      if (i === 0) return b;
      return spaced ? `${at[i - 1] ? ' ' : ''}:${b ? ' ' : ''}${b}` : `:${b}`;
    })
    .join('')}]`;
}

function binary(e: BinaryExpr, before: number, depth: number): string {
  const prec = precedence(e.op);
  if (prec < before) return `(${binary(e, 0, depth)})`;
  const side = (x: Expr, min: number, deeper: number): string =>
    x.kind === 'BinaryExpr' ? binary(x, min, deeper) : text(x, deeper);
  const left = side(e.x, prec, depth + (e.x.kind === 'BinaryExpr' && precedence(e.x.op) === prec ? 0 : 1));
  const right = side(e.y, prec + 1, depth + 1);
  const blank = prec < cutoff(e, depth) ? ' ' : '';
  return `${left}${blank}${tokenText(e.op)}${blank}${right}`;
}

/** Operators of lower precedence than this have blanks around them. */
function cutoff(e: BinaryExpr, depth: number): number {
  const seen = { four: false, five: false, problem: 0 };
  walk(e, seen);
  if (seen.problem > 0) return seen.problem + 1;
  if (seen.four && seen.five) return depth === 1 ? 5 : 4;
  return depth === 1 ? 6 : 4;
}

function walk(e: BinaryExpr, seen: { four: boolean; five: boolean; problem: number }): void {
  const prec = precedence(e.op);
  if (prec === 4) seen.four = true;
  if (prec === 5) seen.five = true;
  if (e.x.kind === 'BinaryExpr' && precedence(e.x.op) >= prec) walk(e.x, seen);
  if (e.y.kind === 'BinaryExpr') {
    if (precedence(e.y.op) > prec) walk(e.y, seen);
  } else if (e.y.kind === 'StarExpr' && e.op === T.QUO) seen.problem = 5;
  else if (e.y.kind === 'UnaryExpr') {
    const pair = tokenText(e.op) + tokenText(e.y.op);
    if (pair === '/*' || pair === '&&' || pair === '&^') seen.problem = 5;
    else if (pair === '++' || pair === '--') seen.problem = Math.max(seen.problem, 4);
  }
}

function field(f: Field): string {
  const type = text(f.type, 1);
  const names = f.names.map((n) => n.name).join(', ');
  return `${names ? `${names} ` : ''}${type}${f.tag ? ` ${f.tag.value}` : ''}`;
}

function method(f: Field): string {
  const name = f.names[0];
  return name && f.type.kind === 'FuncType' ? name.name + signature(f.type) : text(f.type, 1);
}

const funcType = (t: FuncType): string => `func${signature(t)}`;

function signature(t: FuncType): string {
  const params = `(${t.params.map(field).join(', ')})`;
  if (t.results.length === 0) return params;
  const only = t.results.length === 1 && t.results[0]!.names.length === 0 ? t.results[0]! : null;
  return `${params} ${only ? text(only.type, 1) : `(${t.results.map(field).join(', ')})`}`;
}
