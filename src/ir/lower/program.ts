// The program as it is found: what lowering asks for is made, queued and lowered until nothing new turns up.
//
// Assumes: packages are checked (bodies of functions perhaps only when asked for). Guarantees: each function (for each list
// of type arguments), descriptor, itab and variable is made once; only what the entry function reaches is made.
// Source: reachability as in cmd/link's deadcode, done while lowering instead of after it.

import type { Pos } from '../../syntax/nodes.ts';
import type { FileSet } from '../../syntax/position.ts';
import type { CheckedPackage } from '../../types/api.ts';
import type { Func, Interface, Package, Signature, Type, Var } from '../../types/types.ts';
import { typeKey } from '../../types/typestring.ts';
import { DataSym, type Expr, Func as IrFunc } from '../ir.ts';
import { Algs } from './algs.ts';
import { Builder } from './builder.ts';
import type { Intrinsic, ProgramContext } from './context.ts';
import type { EmbedSource } from './embed.ts';
import { noTypeArgs, TypeEnv } from './env.ts';
import { lowerFunc } from './func.ts';
import { Globals } from './globals.ts';
import { Inits } from './init.ts';
import { emitImport, intrinsicOf } from './intrinsics.ts';
import { Itabs } from './itab.ts';
import { sigOfSignature } from './layout.ts';
import { declOfFunc, importOf, LinkNames } from './linkname.ts';
import { addPackage } from './localtypes.ts';
import { bytesOf, funcSymbol, linkSymbol, packagePath } from './names.ts';
import { MethodReach, reflectMethods } from './rta.ts';
import { TypeDescs } from './typedesc.ts';
import { Wrappers } from './wrappers.ts';

export interface ProgramInput {
  readonly fset: FileSet;
  /** all packages of the program, imported ones before those that import them */
  readonly packages: readonly CheckedPackage[];
  readonly main: CheckedPackage;
  /** files named by //go:embed */
  readonly embed: EmbedSource;
  /** values of string variables, by their symbols */
  readonly settings: ReadonlyMap<string, string>;
}

export interface LowerError {
  readonly pos: Pos;
  readonly msg: string;
}

export class ProgramBuilder implements ProgramContext {
  readonly fset: FileSet;
  readonly input: ProgramInput;
  readonly checked = new Map<Package, CheckedPackage>();
  readonly links: LinkNames;
  readonly reach: MethodReach;
  readonly types: TypeDescs;
  readonly itabs: Itabs;
  readonly algs: Algs;
  readonly wrappers: Wrappers;
  readonly globals: Globals;
  readonly inits: Inits;
  readonly funcs: IrFunc[] = [];
  readonly dataSyms: DataSym[] = [];
  /** functions that are reached but defined nowhere, with the symbols they should have got their code from */
  readonly undefinedSymbols = new Map<IrFunc, string>();
  /** what is wrong with the program although it is checked */
  readonly errors: LowerError[] = [];
  private readonly queue: (() => void)[] = [];
  private readonly plain = new Versions();
  private readonly lifted = new Versions();
  private readonly values = new Map<IrFunc, DataSym>();
  private readonly strings = new Map<string, DataSym>();
  private readonly runtimePackage: CheckedPackage;
  private readonly reflectPackage: Package | undefined;
  /** package of the function being lowered */
  private current: Package | null = null;
  private readonly runtimeFuncs = new Map<string, IrFunc>();
  /** functions the program builder writes itself, by symbol */
  private readonly written: ReadonlyMap<string, () => IrFunc>;

  constructor(input: ProgramInput) {
    this.input = input;
    this.fset = input.fset;
    for (const c of input.packages) {
      this.checked.set(c.pkg, c);
      addPackage(c.pkg, c.files);
    }
    this.runtimePackage = input.packages.find((c) => c.pkg.path === 'runtime')!;
    this.reflectPackage = input.packages.find((c) => c.pkg.path === 'reflect')?.pkg;
    this.links = new LinkNames(this.checked);
    this.reach = new MethodReach();
    this.types = new TypeDescs(this);
    this.itabs = new Itabs(this);
    this.algs = new Algs(this);
    this.wrappers = new Wrappers(this);
    this.globals = new Globals(this);
    this.inits = new Inits(this);
    this.written = new Map([
      ['runtime.runtime_inits', () => this.inits.runtimeInits],
      ['runtime.main_inits', () => this.inits.mainInits],
    ]);
  }

  /** Runs what is queued, and what that queues. */
  run(): void {
    for (;;) {
      const job = this.queue.pop();
      if (job) job();
      else if (!this.inits.settle() && !this.types.settle()) break;
    }
  }

  later(job: () => void): void {
    this.queue.push(job);
  }

  // Functions.

  funcFor(fn: Func, targs: readonly Type[]): IrFunc {
    const decl = fn.origin;
    this.noteUse(decl);
    return this.plain.get(decl, targs, () => {
      const def = this.links.definition(decl);
      if (def && def !== decl) return this.funcFor(def, targs);
      const written = this.written.get(linkSymbol(decl));
      return written ? written() : this.newFunc(decl, targs, false);
    });
  }

  liftedFor(fn: Func, targs: readonly Type[]): IrFunc {
    const decl = fn.origin;
    this.noteUse(decl);
    return this.lifted.get(decl, targs, () => this.newFunc(decl, targs, true));
  }

  private newFunc(decl: Func, targs: readonly Type[], lifted: boolean): IrFunc {
    const f = new IrFunc(this.symbolOf(decl));
    const env = this.envOf(decl, targs);
    const sig = env.subst(decl.sig) as Signature;
    f.results = sigOfSignature('plain', sig).results;
    f.pos = decl.pos;
    this.pragmas(f, decl);
    this.funcs.push(f);
    this.later(() => this.lower(f, decl, targs, env, sig, lifted));
    this.reach.functionReached(linkSymbol(decl));
    return f;
  }

  private symbolOf(decl: Func): string {
    const name = this.links.symbolOf(decl) ?? funcSymbol(decl);
    if (decl.name !== 'init' || decl.sig.recv) return name;
    return `${name}.${this.checked.get(decl.pkg!)!.inits.indexOf(decl)}`;
  }

  /** Uses of package reflect's methods by other packages can make all methods callable. */
  private noteUse(m: Func): void {
    const use = reflectMethods.get(m.name);
    if (!use || this.current === null || this.current === this.reflectPackage || !m.sig.recv) return;
    if (m.pkg !== this.reflectPackage && !this.looksLikeReflect(m)) return;
    if (use === 'count') this.types.countsMethods = true;
    else {
      this.reach.keepExported();
      this.types.showMethods();
    }
  }

  /** A method of an interface that reflect.Type implements, perhaps declared elsewhere. */
  private looksLikeReflect(m: Func): boolean {
    const { params, results } = m.sig;
    if (m.name === 'NumMethod') return params.length === 0 && results.length === 1;
    const t = results[0]?.type;
    return t?.tag === 'Named' && t.obj.pkg === this.reflectPackage;
  }

  /** Runs `lower`, which lowers code of that package. */
  inPackage(pkg: Package, lower: () => void): void {
    const outer = this.current;
    this.current = pkg;
    lower();
    this.current = outer;
  }

  /** The type of a function with type arguments put in. */
  signatureOf(fn: Func, targs: readonly Type[]): Signature {
    return this.envOf(fn.origin, targs).subst(fn.origin.sig) as Signature;
  }

  private envOf(decl: Func, targs: readonly Type[]): TypeEnv {
    if (targs.length === 0) return noTypeArgs;
    const d = declOfFunc(decl);
    const from = d ? d.pos : 0;
    const to = d?.body ? d.body.rbrace : 0;
    return new TypeEnv([...decl.sig.rparams, ...decl.sig.tparams], targs, from, to);
  }

  private pragmas(f: IrFunc, decl: Func): void {
    const d = declOfFunc(decl);
    if (!d) return;
    // The runtime calls it from outside the program, so it has a frame of its own in every trace.
    if (decl.name === 'main' && decl.pkg === this.input.main.pkg && !decl.sig.recv) f.noinline = true;
    for (const dir of d.directives) {
      if (dir.name === 'go:noinline') f.noinline = true;
      else if (!ownsRuntime(decl.pkg!)) continue;
      else if (dir.name === 'go:nosplit') f.nosuspend = true;
      else if (dir.name === 'go:nocheckptr') f.nocheckptr = true;
    }
  }

  private lower(f: IrFunc, decl: Func, targs: readonly Type[], env: TypeEnv, sig: Signature, lifted: boolean): void {
    const d = declOfFunc(decl);
    if (d?.body) {
      this.checked.get(decl.pkg!)!.checkFuncBody(decl);
      this.inPackage(decl.pkg!, () => lowerFunc(this, f, decl, env, lifted));
      return;
    }
    this.lowerBodyless(f, decl, targs, sig);
  }

  /** A function that is an import or an instruction, for where it is not called directly. */
  private lowerBodyless(f: IrFunc, decl: Func, targs: readonly Type[], sig: Signature): void {
    const shape = sigOfSignature('plain', sig);
    const b = new Builder(this, f);
    f.params = shape.params.map((s) => f.newLocal(s));
    b.pos = decl.pos;
    const args: Expr[] = f.params.map((local) => ({ kind: 'get', local }));
    const intrinsic = intrinsicOf(decl);
    const imp = importOf(decl);
    if (intrinsic) b.ret(intrinsic(b, args, targs, decl.pos));
    else if (imp) b.ret(emitImport(b, imp, shape, args));
    else {
      this.undefinedSymbols.set(f, this.links.symbolOf(decl.origin) ?? linkSymbol(decl));
      b.unreachable();
    }
  }

  zerobase(): DataSym {
    return this.globals.storage(this.runtimePackage.pkg.scope.lookup('zerobase') as Var);
  }

  checkBody(fn: Func): void {
    this.checked.get(fn.pkg!)!.checkFuncBody(fn);
  }

  addFunc(f: IrFunc): void {
    this.funcs.push(f);
  }

  runtime(name: string): IrFunc {
    let f = this.runtimeFuncs.get(name);
    if (!f) {
      const obj = this.runtimePackage.pkg.scope.lookup(name);
      if (!obj || obj.tag !== 'Func') throw new Error(`package runtime has no function ${name}`);
      f = this.funcFor(obj, []);
      this.runtimeFuncs.set(name, f);
    }
    return f;
  }

  hasRuntime(name: string): boolean {
    return this.runtimePackage.pkg.scope.lookup(name)?.tag === 'Func';
  }

  /** A declared function of any package by symbol, or null. */
  funcBySymbol(symbol: string): IrFunc | null {
    const fn = this.links.find(symbol);
    return fn ? this.funcFor(fn, []) : null;
  }

  intrinsic(fn: Func): Intrinsic | null {
    return intrinsicOf(fn);
  }

  wasmImport(fn: Func): { module: string; name: string } | null {
    const def = this.links.definition(fn);
    return def ? importOf(def) : null;
  }

  // Function values and methods.

  methodFor(recv: Type, m: Func, index: readonly number[]): IrFunc {
    this.noteUse(m.origin);
    return this.wrappers.methodFor(recv, m, index);
  }

  funcValue(fn: Func, targs: readonly Type[]): DataSym {
    return this.closureOf(this.wrappers.funcThunk(fn, targs));
  }

  methodExprValue(recv: Type, m: Func, index: readonly number[]): DataSym {
    this.noteUse(m.origin);
    return this.closureOf(this.wrappers.methodExpr(recv, m, index));
  }

  boundMethod(recv: Type, m: Func, index: readonly number[]): IrFunc {
    this.noteUse(m.origin);
    return this.wrappers.boundMethod(recv, m, index);
  }

  /** The static closure object of a function of the closure convention. */
  closureOf(f: IrFunc): DataSym {
    let sym = this.values.get(f);
    if (!sym) {
      f.addressTaken = true;
      sym = this.data(`${f.name}·f`, 8, 8, null);
      sym.relocs.push({ off: 0, kind: 'func', target: f, add: 0 });
      this.values.set(f, sym);
    }
    return sym;
  }

  // Types.

  typeDesc(t: Type): DataSym {
    return this.types.identity(t);
  }

  allocDesc(t: Type): DataSym {
    return this.types.alloc(t);
  }

  usedInInterface(t: Type): void {
    this.types.full(t);
  }

  itab(iface: Type, t: Type): DataSym {
    return this.itabs.itab(iface, t);
  }

  itabMethod(iface: Interface, name: string, m: Func): number {
    this.noteUse(m);
    return this.itabs.methodOffset(iface, name, m);
  }

  eqFunc(t: Type): IrFunc | null {
    return this.algs.eqFunc(t);
  }

  // Data.

  global(v: Var): DataSym {
    return this.globals.storage(v);
  }

  stringData(s: string): DataSym {
    let sym = this.strings.get(s);
    if (!sym) {
      sym = this.data(`go:string.${this.strings.size}`, s.length, 1, bytesOf(s));
      this.strings.set(s, sym);
    }
    return sym;
  }

  data(name: string, size: number, align: number, bytes: Uint8Array | null): DataSym {
    const sym = new DataSym(name, size, align, bytes);
    this.dataSyms.push(sym);
    return sym;
  }
}

/** The code of functions, by declaration and type arguments. */
class Versions {
  private readonly plain = new Map<Func, IrFunc>();
  private readonly instances = new Map<Func, Map<string, IrFunc>>();

  get(decl: Func, targs: readonly Type[], make: () => IrFunc): IrFunc {
    if (targs.length === 0) return memo(this.plain, decl, make);
    const all = memo(this.instances, decl, () => new Map<string, IrFunc>());
    return memo(all, targs.length === 1 ? typeKey(targs[0]!) : targs.map(typeKey).join(';'), make);
  }
}

function memo<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let v = map.get(key);
  if (v === undefined) map.set(key, (v = make()));
  return v;
}

/** Packages whose //go:nosplit functions run where a goroutine cannot be suspended. */
function ownsRuntime(pkg: Package): boolean {
  const path = packagePath(pkg);
  return (
    path === 'runtime' || path.startsWith('internal/runtime/') || path === 'internal/abi' || path === 'internal/bytealg'
  );
}
