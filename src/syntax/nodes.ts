// The syntax tree: one interface a node kind, discriminated by `kind`, in the shape go/ast readers know.
//
// Assumes: positions are global byte offsets handed out by a FileSet (position.ts); 0 means "none".
// Guarantees: every node the parser makes has all its properties, in one order, so that engines see one shape a kind.
// The slots `tv`, `obj`, `sel` and `inst` belong to the type checker (src/types); the parser sets them to null and
// nothing in this folder reads them.
// Source: the Go specification, and go/ast for the names.

import type { Token } from './token.ts';

/** A position: byte offset in the FileSet's numbering; 0 is "no position". */
export type Pos = number;

/** What the checker records about an expression; src/types narrows it. */
export interface ExprInfo {
  readonly mode: number;
}
/** What the checker records about an identifier; src/types narrows it. */
export interface NamedEntity {
  readonly name: string;
}
/** A field or method selection; src/types narrows it. */
export interface SelectionInfo {
  readonly kind: number;
}
/** Type arguments and instantiated type of a generic use; src/types narrows it. */
export interface InstanceInfo {
  readonly targs: readonly unknown[];
}

export interface Comment {
  pos: Pos;
  /** with its `//` or `/*` */
  text: string;
}

export interface Ident {
  kind: 'Ident';
  pos: Pos;
  tv: ExprInfo | null;
  name: string;
  /** the entity this identifier defines or uses */
  obj: NamedEntity | null;
  /** true if `obj` is declared here */
  isDef: boolean;
  inst: InstanceInfo | null;
}
export interface BasicLit {
  kind: 'BasicLit';
  pos: Pos;
  tv: ExprInfo | null;
  /** INT, FLOAT, IMAG, CHAR or STRING */
  lit: Token;
  /** the literal as written */
  value: string;
  /** scanner reported an error in it */
  bad: boolean;
}
export interface CompositeLit {
  kind: 'CompositeLit';
  pos: Pos;
  tv: ExprInfo | null;
  type: Expr | null;
  lbrace: Pos;
  elts: Expr[];
  rbrace: Pos;
}
export interface KeyValueExpr {
  kind: 'KeyValueExpr';
  pos: Pos;
  tv: ExprInfo | null;
  key: Expr;
  colon: Pos;
  value: Expr;
}
export interface FuncLit {
  kind: 'FuncLit';
  pos: Pos;
  tv: ExprInfo | null;
  type: FuncType;
  body: BlockStmt;
}
export interface ParenExpr {
  kind: 'ParenExpr';
  pos: Pos;
  tv: ExprInfo | null;
  x: Expr;
  rparen: Pos;
}
export interface SelectorExpr {
  kind: 'SelectorExpr';
  pos: Pos;
  tv: ExprInfo | null;
  x: Expr;
  sel: Ident;
  /** null for qualified identifiers (pkg.Name); their entity is sel.obj */
  selection: SelectionInfo | null;
}
/** x[i], or an instantiation x[T1, T2] */
export interface IndexExpr {
  kind: 'IndexExpr';
  pos: Pos;
  tv: ExprInfo | null;
  x: Expr;
  lbrack: Pos;
  /** one for an index; one or more for an instantiation */
  indices: Expr[];
  rbrack: Pos;
}
export interface SliceExpr {
  kind: 'SliceExpr';
  pos: Pos;
  tv: ExprInfo | null;
  x: Expr;
  lbrack: Pos;
  low: Expr | null;
  high: Expr | null;
  max: Expr | null;
  slice3: boolean;
  rbrack: Pos;
}
export interface TypeAssertExpr {
  kind: 'TypeAssertExpr';
  pos: Pos;
  tv: ExprInfo | null;
  x: Expr;
  /** null means x.(type) */
  type: Expr | null;
  lparen: Pos;
  rparen: Pos;
}
export interface CallExpr {
  kind: 'CallExpr';
  pos: Pos;
  tv: ExprInfo | null;
  fun: Expr;
  lparen: Pos;
  args: Expr[];
  /** position of "...", or 0 */
  ellipsis: Pos;
  rparen: Pos;
}
export interface StarExpr {
  kind: 'StarExpr';
  pos: Pos;
  tv: ExprInfo | null;
  x: Expr;
}
export interface UnaryExpr {
  kind: 'UnaryExpr';
  pos: Pos;
  tv: ExprInfo | null;
  /** ADD SUB NOT XOR AND ARROW TILDE */
  op: Token;
  x: Expr;
}
export interface BinaryExpr {
  kind: 'BinaryExpr';
  /** start of the left operand */
  pos: Pos;
  tv: ExprInfo | null;
  x: Expr;
  opPos: Pos;
  op: Token;
  y: Expr;
}
export interface ArrayType {
  kind: 'ArrayType';
  pos: Pos;
  tv: ExprInfo | null;
  /** null: slice; Ellipsis node: [...]T */
  len: Expr | null;
  elem: Expr;
}
export interface Ellipsis {
  kind: 'Ellipsis';
  pos: Pos;
  tv: ExprInfo | null;
  /** ...T in a parameter list; null in [...]T */
  elt: Expr | null;
}
export interface StructType {
  kind: 'StructType';
  pos: Pos;
  tv: ExprInfo | null;
  fields: Field[];
  rbrace: Pos;
}
export interface FuncType {
  kind: 'FuncType';
  pos: Pos;
  tv: ExprInfo | null;
  /** type parameters of a declaration; empty elsewhere */
  tparams: Field[];
  params: Field[];
  results: Field[];
}
export interface InterfaceType {
  kind: 'InterfaceType';
  pos: Pos;
  tv: ExprInfo | null;
  /** methods (one name, FuncType), embedded types and unions (no name) */
  methods: Field[];
  rbrace: Pos;
}
export interface MapType {
  kind: 'MapType';
  pos: Pos;
  tv: ExprInfo | null;
  key: Expr;
  value: Expr;
}
export interface ChanType {
  kind: 'ChanType';
  pos: Pos;
  tv: ExprInfo | null;
  dir: 'both' | 'send' | 'recv';
  value: Expr;
}
export interface BadExpr {
  kind: 'BadExpr';
  pos: Pos;
  tv: ExprInfo | null;
  to: Pos;
}

export type Expr =
  | Ident
  | BasicLit
  | CompositeLit
  | KeyValueExpr
  | FuncLit
  | ParenExpr
  | SelectorExpr
  | IndexExpr
  | SliceExpr
  | TypeAssertExpr
  | CallExpr
  | StarExpr
  | UnaryExpr
  | BinaryExpr
  | ArrayType
  | Ellipsis
  | StructType
  | FuncType
  | InterfaceType
  | MapType
  | ChanType
  | BadExpr;

/** A field, method, parameter, result or type parameter: zero or more names of one type. */
export interface Field {
  kind: 'Field';
  pos: Pos;
  names: Ident[];
  type: Expr;
  tag: BasicLit | null;
}

export interface BadStmt {
  kind: 'BadStmt';
  pos: Pos;
  to: Pos;
}
export interface DeclStmt {
  kind: 'DeclStmt';
  pos: Pos;
  decl: GenDecl;
}
export interface EmptyStmt {
  kind: 'EmptyStmt';
  pos: Pos;
  /** inserted before a closing brace, not written */
  implicit: boolean;
}
export interface LabeledStmt {
  kind: 'LabeledStmt';
  pos: Pos;
  label: Ident;
  colon: Pos;
  stmt: Stmt;
}
export interface ExprStmt {
  kind: 'ExprStmt';
  pos: Pos;
  x: Expr;
}
export interface SendStmt {
  kind: 'SendStmt';
  pos: Pos;
  chan: Expr;
  arrow: Pos;
  value: Expr;
}
export interface IncDecStmt {
  kind: 'IncDecStmt';
  pos: Pos;
  x: Expr;
  tokPos: Pos;
  /** INC or DEC */
  tok: Token;
}
export interface AssignStmt {
  kind: 'AssignStmt';
  pos: Pos;
  lhs: Expr[];
  tokPos: Pos;
  /** ASSIGN, DEFINE or an op-assign such as ADD_ASSIGN */
  tok: Token;
  rhs: Expr[];
}
export interface GoStmt {
  kind: 'GoStmt';
  pos: Pos;
  /** a CallExpr unless the program is in error */
  call: Expr;
}
export interface DeferStmt {
  kind: 'DeferStmt';
  pos: Pos;
  call: Expr;
}
export interface ReturnStmt {
  kind: 'ReturnStmt';
  pos: Pos;
  results: Expr[];
}
export interface BranchStmt {
  kind: 'BranchStmt';
  pos: Pos;
  /** BREAK CONTINUE GOTO FALLTHROUGH */
  tok: Token;
  label: Ident | null;
  /** the statement a break or continue leaves, or the LabeledStmt a goto reaches; set by the checker */
  target: Stmt | null;
}
export interface BlockStmt {
  kind: 'BlockStmt';
  pos: Pos;
  list: Stmt[];
  rbrace: Pos;
}
export interface IfStmt {
  kind: 'IfStmt';
  pos: Pos;
  init: Stmt | null;
  cond: Expr;
  body: BlockStmt;
  /** IfStmt or BlockStmt */
  else: Stmt | null;
}
export interface CaseClause {
  kind: 'CaseClause';
  pos: Pos;
  /** expressions or types; null means default */
  list: Expr[] | null;
  colon: Pos;
  body: Stmt[];
  /** the clause's own variable in `switch x := y.(type)`; set by the checker */
  obj: NamedEntity | null;
}
export interface SwitchStmt {
  kind: 'SwitchStmt';
  pos: Pos;
  init: Stmt | null;
  tag: Expr | null;
  body: CaseClause[];
  lbrace: Pos;
  rbrace: Pos;
}
export interface TypeSwitchStmt {
  kind: 'TypeSwitchStmt';
  pos: Pos;
  init: Stmt | null;
  /** x in `switch x := y.(type)` */
  bind: Ident | null;
  /** y */
  x: Expr;
  body: CaseClause[];
  lbrace: Pos;
  rbrace: Pos;
}
export interface CommClause {
  kind: 'CommClause';
  pos: Pos;
  /** SendStmt, ExprStmt (<-c) or AssignStmt (v, ok := <-c); null means default */
  comm: Stmt | null;
  colon: Pos;
  body: Stmt[];
}
export interface SelectStmt {
  kind: 'SelectStmt';
  pos: Pos;
  body: CommClause[];
  lbrace: Pos;
  rbrace: Pos;
}
export interface ForStmt {
  kind: 'ForStmt';
  pos: Pos;
  init: Stmt | null;
  cond: Expr | null;
  post: Stmt | null;
  body: BlockStmt;
}
export interface RangeStmt {
  kind: 'RangeStmt';
  pos: Pos;
  key: Expr | null;
  value: Expr | null;
  tokPos: Pos;
  /** a third variable, which is an error */
  extra: Expr | null;
  /** ASSIGN, DEFINE, or ILLEGAL when there is no key */
  tok: Token;
  x: Expr;
  body: BlockStmt;
}

export type Stmt =
  | BadStmt
  | DeclStmt
  | EmptyStmt
  | LabeledStmt
  | ExprStmt
  | SendStmt
  | IncDecStmt
  | AssignStmt
  | GoStmt
  | DeferStmt
  | ReturnStmt
  | BranchStmt
  | BlockStmt
  | IfStmt
  | SwitchStmt
  | TypeSwitchStmt
  | SelectStmt
  | ForStmt
  | RangeStmt;

export interface ImportSpec {
  kind: 'ImportSpec';
  pos: Pos;
  name: Ident | null;
  path: BasicLit;
}
export interface ValueSpec {
  kind: 'ValueSpec';
  pos: Pos;
  names: Ident[];
  type: Expr | null;
  values: Expr[];
  /** index in its const group */
  iota: number;
  directives: Directive[];
}
export interface TypeSpec {
  kind: 'TypeSpec';
  pos: Pos;
  name: Ident;
  tparams: Field[];
  /** position of "=" in an alias declaration, or 0 */
  assign: Pos;
  type: Expr;
  directives: Directive[];
}
export type Spec = ImportSpec | ValueSpec | TypeSpec;

export interface GenDecl {
  kind: 'GenDecl';
  pos: Pos;
  /** IMPORT CONST VAR TYPE */
  tok: Token;
  lparen: Pos;
  specs: Spec[];
  rparen: Pos;
}
export interface FuncDecl {
  kind: 'FuncDecl';
  pos: Pos;
  recv: Field | null;
  name: Ident;
  type: FuncType;
  /** null for a function implemented elsewhere */
  body: BlockStmt | null;
  /** //go:noinline and the like, written directly above */
  directives: Directive[];
}
export type Decl = GenDecl | FuncDecl;

/** A `//go:name args` comment. */
export interface Directive {
  pos: Pos;
  /** "go:noinline", "go:linkname", "go:embed", … */
  name: string;
  args: string;
}

export interface SourceFile {
  kind: 'SourceFile';
  pos: Pos;
  /** position just past the last byte */
  end: Pos;
  packagePos: Pos;
  name: Ident;
  decls: Decl[];
  imports: ImportSpec[];
  /** file-level directives wherever they stand (go:linkname, go:build, go:debug, …) */
  directives: Directive[];
  /** those before a declaration they cannot be for */
  misplaced: Directive[];
  /** language version of a //go:build line, "go1.21", or '' */
  goVersion: string;
}

export type Node = Expr | Stmt | Spec | Decl | Field | CaseClause | CommClause | SourceFile;
