// Counts how often each basic block of a package runs, for `burrow test -cover`.
//
// A block ends where control may go elsewhere: at a branch, a loop, a label, a call of panic, a function literal. Operands of && and || are no
// blocks. Each file's tree gets a statement at the beginning of each block that counts in an array, which one more file declares.
// Guarantees: blocks, their positions and numbers of statements are those of Go's cover tool; other positions stay what they were.
// Source: behaviour of `go tool cover`; "The cover story" (Rob Pike, 2013).

import { Ends } from '../syntax/ends.ts';
import type {
  BlockStmt,
  CaseClause,
  CommClause,
  Expr,
  FuncDecl,
  Node,
  Pos,
  SourceFile,
  Stmt,
} from '../syntax/nodes.ts';
import type { FileSet } from '../syntax/position.ts';
import { T } from '../syntax/token.ts';
import { baseName } from './files.ts';

export type CoverMode = 'set' | 'count' | 'atomic';

export interface CoverUnit {
  /** import path of the package and the file's name */
  readonly file: string;
  readonly func: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly statements: number;
}

/** The array of a package's counters, and the function that adds to one. */
export const counters = 'BurrowCover_';
const count = 'burrowCover_';

export class PackageCover {
  /** in the order of their counters */
  readonly units: CoverUnit[] = [];
  private readonly path: string;
  private readonly mode: CoverMode;
  private readonly fset: FileSet;
  private readonly seen = new Set<string>();
  private file = '';
  private ends: Ends;
  /** the function whose blocks are counted; '' outside of any */
  private func = '';

  constructor(path: string, mode: CoverMode, fset: FileSet) {
    this.path = path;
    this.mode = mode;
    this.fset = fset;
    this.ends = new Ends(new Uint8Array(0), 0);
  }

  /** Puts counting statements into a file. */
  instrument(f: SourceFile, src: Uint8Array): void {
    this.ends = new Ends(src, f.pos);
    for (const d of f.decls) {
      this.file = `${this.path}/${baseName(this.fset.position(d.pos).filename)}`;
      this.visit(d);
    }
  }

  /** The file that declares the counters. name: of the package. */
  source(name: string): string {
    const array = `var ${counters} [${this.units.length}]uint32\n`;
    if (this.mode !== 'atomic') return `package ${name}\n\n${array}`;
    return `package ${name}\n\nimport "sync/atomic"\n\n${array}\nfunc ${count}(i int) { atomic.AddUint32(&${counters}[i], 1) }\n`;
  }

  private visit(n: Node): void {
    switch (n.kind) {
      case 'FuncDecl':
        if (!n.body || n.name.name === '_') return;
        this.func = funcName(n);
        this.visit(n.body);
        this.func = '';
        return;
      case 'FuncLit': {
        const { func } = this;
        const { line, column } = this.fset.position(n.pos);
        this.func ||= `func.L${line}.C${column}`;
        this.visit(n.body);
        this.func = func;
        return;
      }
      case 'BlockStmt':
        this.block(n, n.pos);
        return;
      case 'IfStmt':
        if (n.init) this.visit(n.init);
        this.visit(n.cond);
        this.visit(n.body);
        if (n.else) n.else = this.elseBlock(n.body, n.else);
        return;
      case 'CaseClause':
      case 'CommClause':
        this.clause(n);
        return;
      default:
        for (const c of children(n)) this.visit(c);
    }
  }

  private visitAll(list: readonly Stmt[]): void {
    for (const s of list) this.visit(s);
  }

  private block(b: BlockStmt, pos: Pos): void {
    const list = b.list;
    b.list = this.counted(pos, pos + 1, b.rbrace + 1, list, true);
    this.visitAll(list);
  }

  private clause(c: CaseClause | CommClause): void {
    const { body } = c;
    c.body = this.counted(c.colon + 1, c.colon + 1, this.ends.clause(c), body, false);
    if (c.kind === 'CaseClause') for (const x of c.list ?? []) this.visit(x);
    else if (c.comm) this.visit(c.comm);
    this.visitAll(body);
  }

  /** The block begins behind the word else; "else if" gets one. */
  private elseBlock(body: BlockStmt, s: Stmt): BlockStmt {
    const pos = this.ends.find(body.rbrace + 1, 'else') + 'else'.length;
    const b: BlockStmt = s.kind === 'BlockStmt' ? s : { kind: 'BlockStmt', pos, list: [s], rbrace: this.ends.stmt(s) };
    this.block(b, pos);
    return b;
  }

  /** The statements with those that count. pos: where the first block begins, or `empty` if it has no statements. */
  private counted(pos: Pos, empty: Pos, blockEnd: Pos, list: readonly Stmt[], toBrace: boolean): Stmt[] {
    if (list.length === 0) return [this.counter(empty, blockEnd, 0)];
    const rest = [...list];
    const out: Stmt[] = [];
    let whole = toBrace;
    for (let from = pos; rest.length > 0; from = rest[0]?.pos ?? 0) {
      let n = 0;
      let end = blockEnd;
      let ended = false;
      while (n < rest.length && !ended) {
        const s = rest[n]!;
        end = this.boundary(s);
        ended = endsBlock(s);
        if (ended && s.kind === 'LabeledStmt' && !isControl(s.stmt)) {
          // a goto begins a block between label and statement
          end = s.pos;
          rest.splice(n, 1, { ...s, stmt: { kind: 'EmptyStmt', pos: s.stmt.pos, implicit: true } }, s.stmt);
        }
        n++;
      }
      if (ended) whole = false;
      if (whole) end = blockEnd;
      if (from !== end) out.push(this.counter(from, end, n));
      out.push(...rest.splice(0, n));
    }
    return out;
  }

  /** Where the block that the statement is in ends, if it does. */
  private boundary(s: Stmt): Pos {
    const literal = (...nodes: (Node | null)[]): Pos => {
      for (const n of nodes) {
        const lit = n && findLiteral(n);
        if (lit) return lit;
      }
      return 0;
    };
    switch (s.kind) {
      case 'BlockStmt':
        return s.pos;
      case 'IfStmt':
        return literal(s.init, s.cond) || s.body.pos;
      case 'ForStmt':
        return literal(s.init, s.cond, s.post) || s.body.pos;
      case 'RangeStmt':
        return literal(s.x) || s.body.pos;
      case 'LabeledStmt':
        return this.boundary(s.stmt);
      case 'SwitchStmt':
        return literal(s.init, s.tag) || s.lbrace;
      case 'TypeSwitchStmt':
        return literal(s.init) || s.lbrace;
      case 'SelectStmt':
        return s.lbrace;
      default:
        return literal(s) || this.ends.stmt(s);
    }
  }

  private counter(from: Pos, to: Pos, statements: number): Stmt {
    const { line, column } = this.fset.position(from);
    const end = this.fset.position(to);
    let endColumn = end.column;
    // line directives without columns make positions the same
    const key = (): string => `${this.file} ${line} ${column} ${end.line} ${endColumn}`;
    while (this.seen.has(key())) endColumn++;
    this.seen.add(key());
    const i = this.units.length;
    this.units.push({ file: this.file, func: this.func, line, column, endLine: end.line, endColumn, statements });
    return this.statement(i, from);
  }

  private statement(i: number, pos: Pos): Stmt {
    const ident = (name: string): Expr => ({ kind: 'Ident', pos, tv: null, name, obj: null, isDef: false, inst: null });
    const int = (n: number): Expr => ({ kind: 'BasicLit', pos, tv: null, lit: T.INT, value: String(n), bad: false });
    if (this.mode === 'atomic') {
      const fun = ident(count);
      const x: Expr = { kind: 'CallExpr', pos, tv: null, fun, lparen: pos, args: [int(i)], ellipsis: 0, rparen: pos };
      return { kind: 'ExprStmt', pos, x };
    }
    const x: Expr = {
      kind: 'IndexExpr',
      pos,
      tv: null,
      x: ident(counters),
      lbrack: pos,
      indices: [int(i)],
      rbrack: pos,
    };
    if (this.mode === 'count') return { kind: 'IncDecStmt', pos, x, tokPos: pos, tok: T.INC };
    return { kind: 'AssignStmt', pos, lhs: [x], tokPos: pos, tok: T.ASSIGN, rhs: [int(1)] };
  }
}

function funcName(d: FuncDecl): string {
  const t = d.recv?.type;
  const base = t?.kind === 'StarExpr' ? t.x : t;
  return base?.kind === 'Ident' ? `${base === t ? '' : '*'}${base.name}.${d.name.name}` : d.name.name;
}

function endsBlock(s: Stmt): boolean {
  switch (s.kind) {
    case 'BlockStmt':
    case 'BranchStmt':
    case 'ForStmt':
    case 'IfStmt':
    case 'LabeledStmt':
    case 'RangeStmt':
    case 'SwitchStmt':
    case 'SelectStmt':
    case 'TypeSwitchStmt':
      return true;
    case 'ExprStmt': {
      const { x } = s;
      if (x.kind === 'CallExpr' && x.fun.kind === 'Ident' && x.fun.name === 'panic' && x.args.length === 1) return true;
      break;
    }
    default:
  }
  return findLiteral(s) !== 0;
}

function isControl(s: Stmt): boolean {
  return ['ForStmt', 'RangeStmt', 'SwitchStmt', 'SelectStmt', 'TypeSwitchStmt'].includes(s.kind);
}

/** Where the body of the first function literal begins; 0 if there is none. */
function findLiteral(n: Node): Pos {
  if (n.kind === 'FuncLit') return n.body.pos;
  for (const c of children(n)) {
    const at = findLiteral(c);
    if (at) return at;
  }
  return 0;
}

/** The nodes right below, in the order of the source, as the parser left them. */
function* children(n: Node): Generator<Node> {
  for (const [name, v] of Object.entries(n)) {
    if (name === 'directives') continue;
    for (const c of Array.isArray(v) ? v : [v])
      if (typeof c === 'object' && c !== null && typeof (c as Node).kind === 'string') yield c as Node;
  }
}

/** Lines of a profile, as if nothing had run. */
export function unrunProfile(units: readonly CoverUnit[]): string[] {
  const key = (u: CoverUnit): number[] => [u.line, u.endLine, u.column, u.endColumn, u.statements];
  const order = (a: CoverUnit, b: CoverUnit): number => {
    if (a.file !== b.file) return a.file < b.file ? -1 : 1;
    const [x, y] = [key(a), key(b)];
    const i = x.findIndex((v, k) => v !== y[k]);
    return i < 0 ? 0 : x[i]! - y[i]!;
  };
  return [...units]
    .sort(order)
    .map((u) => `${u.file}:${u.line}.${u.column},${u.endLine}.${u.endColumn} ${u.statements} 0`);
}
