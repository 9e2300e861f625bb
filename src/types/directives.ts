// What gc checks about //go: directives and missing bodies once a package is free of type errors.
//
// Source: cmd/compile's rules for go:embed, go:linkname, go:noescape, functions without bodies and channel elements.

import type { Directive, FuncDecl, Pos, SourceFile, ValueSpec } from '../syntax/nodes.ts';
import { misplaced } from '../syntax/pragmas.ts';
import type { Checker } from './checker.ts';
import { isString } from './predicates.ts';
import { sizeof } from './sizes.ts';
import { type Func, Kind, type Type, type Var } from './types.ts';
import { asNamed, under } from './under.ts';
import { parseVersion } from './version.ts';
import { hostSignatureError } from './wasmsig.ts';

/** Reports directives that cannot do what they say, and functions without body. */
export function checkDirectives(c: Checker): void {
  const linked = new Set<string>();
  for (const f of c.files) linknames(c, f, linked);
  for (const f of c.files) {
    for (const d of f.misplaced) c.error(textPos(d), misplaced(d)!);
    const embeds = importsEmbed(f);
    for (const d of f.decls) {
      if (d.kind === 'FuncDecl') funcDirectives(c, d, linked);
      else for (const s of d.specs) if (s.kind === 'ValueSpec') embed(c, s, embeds, parseVersion(c.conf.goVersion));
    }
  }
  for (const d of c.localEmbeds) {
    const file = c.files.find((f) => f.pos <= d.pos && d.pos < f.end);
    const imported = file !== undefined && importsEmbed(file);
    c.error(textPos(d), imported ? 'go:embed cannot apply to var inside func' : embedNotImported);
  }
  for (const { pos, type } of c.bigArrays) {
    const size = sizeof(type);
    if (size < 0 || size >= maxSize) c.error(pos, `type ${c.str(type)} larger than address space`);
  }
  for (const { pos, type } of c.chans) {
    if (sizeof(type.elem) >= maxChanElem) c.error(pos, 'channel element type too large (>64kB)');
  }
}

const maxChanElem = 1 << 16;
/** gc's address space */
const maxSize = 2 ** 50;
/** what only package runtime may say of a function */
const runtimeOnly = ['go:systemstack', 'go:nowritebarrier', 'go:nowritebarrierrec', 'go:yeswritebarrierrec'];

const embedNotImported = 'go:embed requires import "embed" (or import _ "embed", if package is not used)';

function importsEmbed(f: SourceFile): boolean {
  return f.imports.some((s) => s.path.value === '"embed"' || s.path.value === '`embed`');
}

/** Where gc finds fault with d: behind the slashes. */
function textPos(d: Directive): Pos {
  return d.pos + 2;
}

function fields(d: Directive): string[] {
  return d.args.split(/\s+/).filter((s) => s !== '');
}

function linknames(c: Checker, f: SourceFile, linked: Set<string>): void {
  const usesUnsafe = f.imports.some((s) => s.path.value === '"unsafe"' || s.path.value === '`unsafe`');
  const ofRuntime = /^(runtime(\/|$)|internal\/)/.test(c.pkg.path);
  for (const d of f.directives) {
    if (runtimeOnly.includes(d.name) && !ofRuntime) c.error(textPos(d), `//${d.name} only allowed in runtime`);
    if (!c.conf.standard) notStandard(c, d);
    if (d.name !== 'go:linkname') continue;
    const [local, remote] = fields(d);
    if (!local || fields(d).length > 2) {
      c.error(textPos(d), 'usage: //go:linkname localname [linkname]');
      continue;
    }
    if (!usesUnsafe) {
      c.error(textPos(d), '//go:linkname only allowed in Go files that import "unsafe"');
      continue;
    }
    if (remote?.includes('[') && remote.includes(']')) {
      c.error(textPos(d), '//go:linkname reference of an instantiation is not allowed');
      continue;
    }
    const obj = c.pkg.scope.lookup(local);
    if (obj?.tag !== 'Func' && obj?.tag !== 'Var') {
      if (c.allowVersion(18)) c.error(textPos(d), '//go:linkname must refer to declared function or variable');
    } else if (linked.has(local)) c.error(textPos(d), `duplicate //go:linkname for ${local}`);
    else linked.add(local);
  }
}

/** Directives of the standard library's own. */
function notStandard(c: Checker, d: Directive): void {
  const usage = cgoUsage[d.name];
  if (d.name === 'go:uintptrkeepalive') {
    c.error(textPos(d), '//go:uintptrkeepalive is only allowed in the standard library');
  } else if (d.name.startsWith('go:cgo_') && d.name !== 'go:cgo_import_dynamic') {
    c.error(textPos(d), `//${d.name}${d.args && ` ${d.args}`} only allowed in cgo-generated code`);
    if (usage && fields(d).length !== usage.args) c.error(textPos(d), `usage: //${d.name} ${usage.text}`);
  }
}

const cgoUsage: Readonly<Record<string, { readonly args: number; readonly text: string }>> = {
  'go:cgo_import_static': { args: 1, text: 'local' },
  'go:cgo_dynamic_linker': { args: 1, text: '"path"' },
  'go:cgo_ldflag': { args: 1, text: '"arg"' },
};

function funcDirectives(c: Checker, d: FuncDecl, linked: ReadonlySet<string>): void {
  if (d.body && d.directives.length === 0) return;
  const has = (name: string): boolean => d.directives.some((x) => x.name === name);
  if (has('go:systemstack') && has('go:nosplit')) c.error(d, 'go:nosplit and go:systemstack cannot be combined');
  hostFunction(c, d);
  if (d.body) {
    if (has('go:noescape')) c.error(d, 'can only use //go:noescape with external func implementations');
    if (has('go:wasmimport')) c.error(d, 'can only use //go:wasmimport with external func implementations');
    if (has('go:uintptrkeepalive') && !has('go:uintptrescapes') && !has('go:nosplit')) {
      c.error(d, 'go:uintptrkeepalive requires go:nosplit');
    }
    return;
  }
  if (!c.conf.complete && d.name.name !== 'init') return;
  const fn = d.name.obj as unknown as Func | null;
  const isLinked = fn !== null && !d.recv && linked.has(fn.name);
  if (!isLinked && !has('go:wasmimport')) c.error(d, 'missing function body');
}

/** Functions shared with the host. */
function hostFunction(c: Checker, d: FuncDecl): void {
  for (const x of d.directives) {
    if (x.name === 'go:wasmexport' && d.recv) {
      c.error(d, 'cannot use //go:wasmexport on a method');
      continue;
    }
    // functions of module gojs get the address of their arguments
    if (x.name !== 'go:wasmexport' && (x.name !== 'go:wasmimport' || fields(x)[0] === 'gojs')) continue;
    const fn = d.name.obj as unknown as Func | null;
    const why = fn?.type ? hostSignatureError(fn.sig, (t) => c.str(t)) : '';
    if (why) c.error(d, `${x.name}: ${why}`);
  }
}

function embed(c: Checker, s: ValueSpec, imported: boolean, version: number): void {
  const first = s.directives.find((d) => d.name === 'go:embed');
  if (!first) return;
  let why = '';
  if (!imported) why = embedNotImported;
  else if (s.names.length > 1) why = 'go:embed cannot apply to multiple vars';
  else if (s.values.length > 0) why = 'go:embed cannot apply to var with initializer';
  else if (!s.type) why = 'go:embed cannot apply to var without type';
  else if (version > 0 && version < 16) {
    why = `go:embed requires go1.16 or later (-lang was set to ${c.conf.goVersion}; check go.mod)`;
  } else {
    const v = s.names[0]!.obj as unknown as Var | null;
    if (v?.type && !embeddable(v.type)) {
      c.error(v.pos, `go:embed cannot apply to var of type ${c.str(v.type)}`);
      return;
    }
  }
  if (why) c.error(textPos(first), why);
}

function embeddable(t: Type): boolean {
  const named = asNamed(t);
  if (named?.obj.pkg?.path === 'embed' && named.obj.name === 'FS') return true;
  const u = under(t);
  if (u.tag !== 'Slice') return isString(u);
  const e = under(u.elem);
  return e.tag === 'Basic' && e.kind === Kind.Uint8;
}
