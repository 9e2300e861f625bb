// From tokens to the syntax tree of a file: packages and declarations. Types, expressions and statements are in the
// classes this one extends.
//
// Assumes: nothing about the source. Guarantees: a tree even for bad source (BadExpr, names "_"), after at least one error;
// the parser goes on behind an error where a statement or declaration can begin, as gc does, so that the same mistakes
// give the same messages.
// Source: Go specification; wording and recovery as observed in gc 1.26.

import { impliedVersion, parseBuildLine } from './buildline.ts';
import type {
  BlockStmt,
  Directive,
  FuncDecl,
  GenDecl,
  Ident,
  ImportSpec,
  Pos,
  SourceFile,
  Spec,
  TypeSpec,
  ValueSpec,
} from './nodes.ts';
import type { FileSet } from './position.ts';
import { StmtParser } from './stmtparser.ts';
import { T, type Token } from './token.ts';

/** Reports errors of one file, in the order they are found. */
export type ReportError = (pos: Pos, msg: string) => void;

/** Parses a source file. `name` is what messages print. */
export function parseFile(fset: FileSet, name: string, src: Uint8Array, report: ReportError): SourceFile {
  return new Parser(fset.addFile(name, src.length), src, report).file_();
}

const topLevel: readonly Token[] = [T.IMPORT, T.CONST, T.TYPE, T.VAR, T.FUNC];

class Parser extends StmtParser {
  file_(): SourceFile {
    const node: SourceFile = {
      kind: 'SourceFile',
      pos: this.file.base,
      end: this.file.base + this.file.size,
      packagePos: 0,
      name: { kind: 'Ident', pos: 0, tv: null, name: '_', obj: null, isDef: false, inst: null },
      decls: [],
      imports: [],
      directives: this.directives,
      misplaced: this.misplaced,
      goVersion: '',
    };
    this.next();
    node.packagePos = this.pos;
    node.goVersion = this.buildVersion(this.pos);
    if (!this.got(T.PACKAGE)) {
      this.syntaxError('package statement must be first');
      return node;
    }
    this.takeDirectives('package');
    node.name = this.name();
    this.want(T.SEMICOLON);
    if (this.errors > 0) return node;
    this.declarations(node);
    return node;
  }

  /** The language version of the //go:build line before the package clause. */
  private buildVersion(packagePos: Pos): string {
    for (const d of this.directives) {
      if (d.name !== 'go:build' || d.pos >= packagePos) continue;
      const c = parseBuildLine(`//go:build ${d.args}`);
      if (c) return impliedVersion(c);
    }
    return '';
  }

  private declarations(node: SourceFile): void {
    let imports = true;
    while (this.tok !== T.EOF) {
      if (this.tok === T.IMPORT) {
        if (!imports) this.syntaxError('imports must appear before other declarations');
      }
      imports = this.tok === T.IMPORT;
      switch (this.tok) {
        case T.IMPORT:
        case T.CONST:
        case T.TYPE:
        case T.VAR: {
          const d = this.genDecl();
          node.decls.push(d);
          for (const s of d.specs) if (s.kind === 'ImportSpec') node.imports.push(s);
          break;
        }
        case T.FUNC:
          node.decls.push(this.funcDecl());
          break;
        default: {
          const last = node.decls[node.decls.length - 1];
          if (this.tok === T.LBRACE && last?.kind === 'FuncDecl' && !last.body)
            this.syntaxError('unexpected semicolon or newline before {');
          else this.syntaxError('non-declaration statement outside function body');
          this.advance(topLevel);
          continue;
        }
      }
      this.dropDirectives();
      if (this.tok !== T.EOF && !this.got(T.SEMICOLON)) {
        this.syntaxError('after top level declaration');
        this.advance(topLevel);
      }
    }
    this.dropDirectives();
  }

  private funcDecl(): FuncDecl {
    const pos = this.pos;
    this.next();
    const directives = this.takeDirectives('func');
    const node: FuncDecl = {
      kind: 'FuncDecl',
      pos,
      recv: null,
      name: this.blank(),
      type: { kind: 'FuncType', pos, tv: null, tparams: [], params: [], results: [] },
      body: null,
      directives,
    };
    let context = '';
    if (this.got(T.LPAREN)) {
      context = 'method';
      const list = this.paramList(T.RPAREN, { typeParams: false, dots: false });
      const n = list.reduce((sum, f) => sum + Math.max(1, f.names.length), 0);
      if (n === 0) this.error('method has no receiver');
      else if (n > 1) this.error('method has multiple receivers');
      const first = list[0];
      if (first) {
        if (first.names.length > 1) first.names.length = 1;
        node.recv = first;
      }
    }
    if (this.tok === T.IDENT) {
      node.name = this.name();
      node.type = this.funcType(pos, context);
    } else {
      node.name = this.blank();
      this.syntaxError(context ? 'expected name' : 'expected name or (');
      this.advance([T.LBRACE, T.SEMICOLON]);
    }
    if (this.tok === T.LBRACE) node.body = this.funcBody();
    return node;
  }

  protected override funcBody(): BlockStmt {
    this.fnest++;
    const body = this.block('');
    this.fnest--;
    return body;
  }

  // Groups of declarations.

  protected override genDecl(): GenDecl {
    const node: GenDecl = { kind: 'GenDecl', pos: this.pos, tok: this.tok, lparen: 0, specs: [], rparen: 0 };
    this.next();
    if (this.tok === T.LPAREN) {
      node.lparen = this.pos;
      this.dropDirectives();
      this.next();
      node.rparen = this.list('grouped declaration', T.SEMICOLON, T.RPAREN, () => {
        node.specs.push(this.spec(node.tok, node.specs.length));
        return false;
      });
    } else node.specs.push(this.spec(node.tok, 0));
    return node;
  }

  private spec(tok: Token, index: number): Spec {
    const directives = this.takeDirectives(tok === T.VAR ? 'var' : 'other');
    switch (tok) {
      case T.IMPORT:
        return this.importSpec();
      case T.TYPE:
        return this.typeSpec(directives);
      default:
        return this.valueSpec(tok, index, directives);
    }
  }

  private importSpec(): ImportSpec {
    const pos = this.pos;
    let name: Ident | null = null;
    if (this.tok === T.IDENT) name = this.name();
    else if (this.tok === T.PERIOD) {
      name = this.ident(this.pos, '.');
      this.next();
    }
    const path = this.literal();
    if (!path) {
      const node: ImportSpec = {
        kind: 'ImportSpec',
        pos,
        name,
        path: { kind: 'BasicLit', pos: this.pos, tv: null, lit: T.STRING, value: '""', bad: true },
      };
      this.syntaxError('missing import path');
      this.advance([T.SEMICOLON, T.RPAREN]);
      return node;
    }
    if (!path.bad && path.lit !== T.STRING) {
      this.syntaxErrorAt(path.pos, 'import path must be a string');
      path.bad = true;
    }
    return { kind: 'ImportSpec', pos, name, path };
  }

  private valueSpec(tok: Token, index: number, directives: Directive[]): ValueSpec {
    const node: ValueSpec = {
      kind: 'ValueSpec',
      pos: this.pos,
      names: [],
      type: null,
      values: [],
      iota: index,
      directives,
    };
    node.names = this.nameList(this.name());
    if (tok === T.CONST) {
      if (this.tok !== T.EOF && this.tok !== T.SEMICOLON && this.tok !== T.RPAREN) {
        node.type = this.typeOrNull();
        if (this.gotAssign()) node.values = this.exprList();
      }
    } else if (this.gotAssign()) node.values = this.exprList();
    else {
      node.type = this.type();
      if (this.gotAssign()) node.values = this.exprList();
    }
    return node;
  }

  private typeSpec(directives: Directive[]): TypeSpec {
    const pos = this.pos;
    const bad = this.badExpr();
    const node: TypeSpec = { kind: 'TypeSpec', pos, name: this.name(), tparams: [], assign: 0, type: bad, directives };
    let type = null;
    if (this.tok === T.LBRACK) type = this.typeParamsOrArray(node);
    else {
      node.assign = this.tok === T.ASSIGN || this.tok === T.DEFINE ? this.pos : 0;
      this.gotAssign();
      type = this.typeOrNull();
    }
    if (type) node.type = type;
    else {
      node.type = this.badExpr();
      this.syntaxError('in type declaration');
      this.advance([T.SEMICOLON, T.RPAREN]);
    }
    return node;
  }
}
