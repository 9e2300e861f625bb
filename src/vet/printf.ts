// printf: calls of printing functions whose arguments do not fit their format, or that have a format and take none.
//
// Source: the documentation of package fmt and of `go tool vet help printf`; the findings' words and places are go vet's.

import { exprString } from '../syntax/exprstring.ts';
import type { CallExpr, Expr, FuncDecl, Pos } from '../syntax/nodes.ts';
import { T } from '../syntax/token.ts';
import { identical } from '../types/predicates.ts';
import { type Func, Kind, type Obj, type Var } from '../types/types.ts';
import { byPath, typeString } from '../types/typestring.ts';
import { under } from '../types/under.ts';
import { Typ } from '../types/universe.ts';
import { Arg, accepts, isFormatter, verbNamed } from './argtypes.ts';
import { format } from './format.ts';
import {
  callee,
  constantString,
  everywhere,
  fileVersion,
  fullName,
  methodOf,
  type Pass,
  type PrintKind,
  typeOf,
} from './pass.ts';
import { type Directive, directives, Malformed } from './verbs.ts';
import { findWrappers, isAnySlice, printKind } from './wrappers.ts';

export function printf(pass: Pass): void {
  findWrappers(pass);
  let method: FuncDecl | null = null;
  everywhere(pass, (n, file) => {
    if (n.kind === 'FuncDecl') method = n;
    else if (n.kind === 'GenDecl' && file.decls.includes(n)) method = null;
    if (n.kind !== 'CallExpr') return;
    const obj = callee(n);
    const kind = obj && printKind(pass, obj);
    if (!kind) return;
    const check = new CallCheck(pass, n, fullName(obj), fileVersion(pass, file), method);
    if (kind === 'print') check.print();
    else check.printf(kind);
  });
}

const count = (n: number): string => (n === 1 ? '1 arg' : `${n} args`);

/** A directive that looks like one in what is printed as it is; a blank after % is not taken for a flag. */
const possible = /%[+\-#]*(\d+|(\[\d+\])?\*)?\.?(\d+|(\[\d+\])?\*)?(\[\d+\])?[bcdefgopqstvxEFGTUX]/g;

class CallCheck {
  private readonly pass: Pass;
  private readonly call: CallExpr;
  private readonly name: string;
  private readonly version: number;
  /** the function or method that the call stands in */
  private readonly within: FuncDecl | null;

  constructor(pass: Pass, call: CallExpr, name: string, version: number, within: FuncDecl | null) {
    this.pass = pass;
    this.call = call;
    this.name = name;
    this.version = version;
    this.within = within;
  }

  private report(pos: Pos, msg: string): false {
    this.pass.report(pos, `${this.name} ${msg}`);
    return false;
  }

  printf(kind: PrintKind): void {
    const { call } = this;
    const sig = typeOf(call.fun);
    if (sig?.tag !== 'Signature' || !sig.variadic) return;
    const at = sig.params.length - 2;
    const formatArg = call.args[at];
    if (at < 0 || !formatArg) return;
    const text = constantString(formatArg);
    if (text === null) {
      if (at === call.args.length - 1 && this.version >= 24)
        this.pass.report(formatArg.pos, `non-constant format string in call to ${this.name}`);
      return;
    }
    const first = at + 1;
    if (!text.includes('%')) {
      if (call.args.length > first)
        this.report(call.args[first]!.pos, 'call has arguments but no formatting directives');
      return;
    }
    let list: Directive[];
    try {
      list = directives(text, at);
    } catch (e) {
      if (!(e instanceof Malformed)) throw e;
      this.report(formatArg.pos, e.message);
      return;
    }
    let last = at;
    for (const d of list) {
      const pos = placeIn(formatArg, d.at);
      if (!this.directive(d, pos, first)) return;
      for (const a of d.verb === '%' ? d.stars : [...d.stars, d.arg]) last = Math.max(last, a);
      if (d.verb === 'w' && kind !== 'errorf') {
        this.report(pos, 'does not support error-wrapping directive %w');
        return;
      }
    }
    if (call.ellipsis && last >= call.args.length - 2) return;
    if (list.some((d) => d.indexed) || last + 1 >= call.args.length) return;
    this.report(call.pos, `call needs ${count(last + 1 - first)} but has ${count(call.args.length - first)}`);
  }

  /** Says whether the rest may be looked at. */
  private directive(d: Directive, pos: Pos, first: number): boolean {
    const verb = verbNamed(d.verb, this.version);
    const arg = this.call.args[d.arg];
    const t = arg && verb?.accepts !== Arg.Error ? typeOf(arg) : null;
    const formatter = t !== null && isFormatter(t);
    const what = `format ${text(d.text)}`;
    if (!formatter) {
      if (!verb) return this.report(pos, `${what} has unknown verb ${text(d.verb)}`);
      const flag = [...d.flags].find((f) => f !== '0' && !verb.flags.includes(f));
      if (flag) return this.report(pos, `${what} has unrecognized flag ${flag}`);
    }
    for (const star of d.stars) {
      if (!this.there(d, star, pos, first)) return false;
      const x = this.call.args[star]!;
      const { ok, reason } = accepts(Arg.Int, x);
      if (!ok) return this.report(pos, `${what} uses non-int ${format(x)}${why(reason)} as argument of *`);
    }
    if (d.verb === '%' || formatter) return true;
    if (!this.there(d, d.arg, pos, first)) return false;
    const type = typeOf(arg!);
    if (type?.tag === 'Signature' && d.verb !== 'p' && d.verb !== 'T')
      return this.report(pos, `${what} arg ${format(arg!)} is a func value, not called`);
    const { ok, reason } = accepts(verb!.accepts, arg!);
    if (!ok) {
      const name = type ? typeString(type, byPath) : '';
      return this.report(pos, `${what} has arg ${format(arg!)} of wrong type ${name}${why(reason)}`);
    }
    const callsMethods = !d.flags.includes('#') || 'qxX'.includes(d.verb);
    if (verb!.accepts & Arg.String && d.verb !== 'T' && callsMethods) {
      const method = this.recursion(arg!);
      if (method) return this.report(pos, `${what} with arg ${format(arg!)} causes recursive ${method} method call`);
    }
    return true;
  }

  /** Whether the argument can be seen; one that is missing is reported. */
  private there(d: Directive, arg: number, pos: Pos, first: number): boolean {
    const n = this.call.args.length;
    if (arg < n - 1) return true;
    if (this.call.ellipsis) return false;
    if (arg < n) return true;
    const has = count(n - first);
    return this.report(pos, `format ${text(d.text)} reads arg #${arg - first + 1}, but call has ${has}`);
  }

  print(): void {
    const { call } = this;
    const t = typeOf(call.fun);
    if (!t) return;
    let first = 0;
    const sig = under(t);
    if (sig.tag === 'Signature') {
      if (!sig.variadic) return;
      first = sig.params.length - 1;
      if (!isAnySlice(sig.params[first] as Var)) return;
    }
    const args = call.args.slice(first);
    if (args.length === 0) return;
    const [arg] = args as [Expr];
    if (first === 0 && arg.kind === 'SelectorExpr' && arg.x.kind === 'Ident') {
      if (arg.x.name === 'os' && arg.sel.name.startsWith('Std'))
        this.report(call.pos, `does not take io.Writer but has first arg ${exprString(arg)}`);
    }
    const s = constantString(arg)?.replace(/%$/, '');
    // %2F and the like is common in addresses.
    const found = s?.match(possible)?.find((m) => !/^%[\da-fA-F]{2}/.test(m));
    if (found) this.report(call.pos, `call has possible Printf formatting directive ${found}`);
    if (this.name.endsWith('ln') && constantString(args.at(-1)!)?.endsWith('\n'))
      this.report(call.pos, 'arg list ends with redundant newline');
    for (const x of args) {
      if (typeOf(x)?.tag === 'Signature') this.report(call.pos, `arg ${format(x)} is a func value, not called`);
      const method = this.recursion(x);
      if (method) this.report(call.pos, `arg ${format(x)} causes recursive call to ${method} method`);
    }
  }

  /** The String or Error method that would call itself, printing its receiver. */
  private recursion(e: Expr): string | null {
    const t = typeOf(e);
    const fn = this.within?.name.obj as Func | null | undefined;
    if (!t || t.tag === 'Basic' || !fn || !this.within?.recv || isFormatter(t)) return null;
    const called = ['String', 'Error'].map((name) => methodOf(t, this.pass.pkg, name)).find((m) => m?.origin === fn);
    if (!called || !printsItself(called)) return null;
    const x = e.kind === 'UnaryExpr' && e.op === T.AND ? e.x : e;
    const recv = this.within.recv.names[0]?.obj as Obj | null | undefined;
    return x.kind === 'Ident' && recv && x.obj === recv ? fullName(called) : null;
  }
}

const why = (reason: string): string => (reason ? ` (${reason})` : '');

function printsItself(m: Func): boolean {
  const { params, results } = m.sig;
  return params.length === 0 && results.length === 1 && identical(results[0]!.type!, Typ[Kind.String]!);
}

/** Of a string with one character a byte, the text. */
function text(bytes: string): string {
  return new TextDecoder().decode(Uint8Array.from(bytes, (c) => c.charCodeAt(0)));
}

/** Where in the source that offset of the string is; the expression's place, unless it is a literal. */
function placeIn(e: Expr, offset: number): Pos {
  if (e.kind !== 'BasicLit') return e.pos;
  const literal = String.fromCharCode(...new TextEncoder().encode(e.value));
  if (literal[0] === '`') {
    // Carriage returns are no part of a raw string.
    let at = 1;
    for (let left = offset; ; at++) {
      if (literal[at] === '\r') continue;
      if (left-- === 0) break;
    }
    return e.pos + at;
  }
  let at = 1;
  for (let n = 0; n < offset; ) {
    const written = /^\\(u[\da-fA-F]{4}|U[\da-fA-F]{8}|x[\da-fA-F]{2}|[0-7]{3}|.)/.exec(literal.slice(at, at + 10));
    if (!written) {
      at++;
      n++;
      continue;
    }
    at += written[0].length;
    const code = /^\\[uU]/.test(written[0]) ? Number.parseInt(written[0].slice(2), 16) : 0;
    n += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return e.pos + at;
}
