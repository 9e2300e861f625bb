// What //go:linkname, //go:wasmimport and missing bodies mean: which declaration is the code or storage of which.
//
// Assumes: all packages of the program are given. Guarantees: a symbol has one definition: the declaration with a body
// (or variable) that was pushed to that name, or else the one that is called so.
// Source: cmd/compile's documentation of directives.

import type { FuncDecl, SourceFile } from '../../syntax/nodes.ts';
import type { CheckedPackage, DeclInfo } from '../../types/api.ts';
import type { Func, Obj, Package, Var } from '../../types/types.ts';
import { linkSymbol, packagePath } from './names.ts';

export interface WasmImport {
  readonly module: string;
  readonly name: string;
}

export class LinkNames {
  /** symbols given to declarations by //go:linkname local symbol */
  private readonly names = new Map<Obj, string>();
  /** declarations with a body, by the symbol they were given */
  private readonly pushed = new Map<string, Func>();
  /** variables that are called otherwise than by their names */
  private readonly namedVars = new Map<string, Var[]>();
  private readonly packages = new Map<string, Package>();
  /** methods by symbol, made when first needed for a package */
  private readonly methods = new Map<Package, Map<string, Func>>();
  private readonly checked: ReadonlyMap<Package, CheckedPackage>;

  constructor(checked: ReadonlyMap<Package, CheckedPackage>) {
    this.checked = checked;
    for (const c of checked.values()) {
      this.packages.set(packagePath(c.pkg), c.pkg);
      for (const f of c.files) this.readFile(c, f);
    }
  }

  private readFile(c: CheckedPackage, file: SourceFile): void {
    for (const d of file.directives) {
      if (d.name !== 'go:linkname') continue;
      const [local, symbol] = d.args.trim().split(/\s+/);
      if (!local || !symbol) continue;
      const obj = this.lookupLocal(c, local);
      if (!obj || (obj.tag !== 'Func' && obj.tag !== 'Var')) continue;
      this.names.set(obj, symbol);
      if (obj.tag === 'Var') this.namedVars.set(symbol, [...(this.namedVars.get(symbol) ?? []), obj]);
      else if (bodyOf(obj)) this.pushed.set(symbol, obj);
    }
  }

  private lookupLocal(c: CheckedPackage, name: string): Obj | undefined {
    return c.pkg.scope.lookup(name) ?? this.methodsOf(c.pkg).get(`${packagePath(c.pkg)}.${name}`);
  }

  private methodsOf(pkg: Package): Map<string, Func> {
    let m = this.methods.get(pkg);
    if (!m) {
      m = new Map();
      for (const obj of this.checked.get(pkg)!.decls.keys())
        if (obj.tag === 'Func' && obj.sig?.recv) m.set(linkSymbol(obj), obj);
      this.methods.set(pkg, m);
    }
    return m;
  }

  /** The function or method of a full symbol name, wherever it is declared. */
  find(symbol: string): Func | null {
    const pushed = this.pushed.get(symbol);
    if (pushed) return pushed;
    const dot = symbol.indexOf('.', symbol.lastIndexOf('/') + 1);
    const pkg = this.packages.get(symbol.slice(0, dot));
    if (!pkg) return null;
    const name = symbol.slice(dot + 1);
    const obj = pkg.scope.lookup(name);
    if (obj) return obj.tag === 'Func' ? obj : null;
    return name.includes('.') ? (this.methodsOf(pkg).get(symbol) ?? null) : null;
  }

  /**
   * The declaration with the body of fn: itself, or what its symbol names. Null if there is none. A body that was given to an import's symbol comes
   * before the import: so package runtime stands between package syscall and the host.
   */
  definition(fn: Func): Func | null {
    const seen = new Set<Func>();
    for (let f: Func | null = fn.origin; f && !seen.has(f); ) {
      if (bodyOf(f)) return f;
      if (importOf(f)) return this.pushed.get(linkSymbol(f)) ?? f;
      seen.add(f);
      f = this.find(this.names.get(f) ?? linkSymbol(f));
    }
    return null;
  }

  /** The variables that share the storage of that symbol. */
  variables(symbol: string): Var[] {
    const dot = symbol.indexOf('.', symbol.lastIndexOf('/') + 1);
    const own = this.packages.get(symbol.slice(0, dot))?.scope.lookup(symbol.slice(dot + 1));
    const named = this.namedVars.get(symbol) ?? [];
    return own?.tag === 'Var' ? [own, ...named] : named;
  }

  /** What traces call a function: the name it was pushed to, if any, as in gc's symbol table. */
  symbolOf(fn: Func): string | null {
    return this.names.get(fn) ?? null;
  }

  /** The symbol of a package variable: variables of one symbol share their storage. */
  varSymbol(v: Var): string {
    return this.names.get(v) ?? `${packagePath(v.pkg!)}.${v.name}`;
  }
}

export function declOfFunc(fn: Func): FuncDecl | null {
  const d = fn.origin.decl as DeclInfo | null;
  return d ? d.fdecl : null;
}

function bodyOf(fn: Func): FuncDecl['body'] {
  return declOfFunc(fn)?.body ?? null;
}

/** The `//go:wasmimport module name` of a function. */
export function importOf(fn: Func): WasmImport | null {
  const d = declOfFunc(fn);
  if (!d || d.body) return null;
  for (const dir of d.directives) {
    if (dir.name !== 'go:wasmimport') continue;
    const [module, name] = dir.args.trim().split(/\s+/);
    if (module && name) return { module, name };
  }
  return null;
}
