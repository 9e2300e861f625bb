// go.mod and go.work files.
//
// Guarantees: of the main module's file, and of a workspace's, every mistake is reported, with its place; in those of other modules, what
// only concerns a main module and unknown directives are passed over. Versions that the go command would look up are mistakes.
// Source: "Go Modules Reference", go.mod files and workspaces.

import { ModError, type ModFault, type ModLine, parseModSyntax } from './gomodsyntax.ts';

/** A version of a module; '' for no particular one. */
export interface Version {
  readonly path: string;
  readonly version: string;
}

export interface Replacement {
  readonly path: string;
  /** '' replaces every version */
  readonly version: string;
  readonly newPath: string;
  readonly newVersion: string;
}

export interface GoMod {
  module: string;
  /** "1.21", or '' */
  go: string;
  readonly require: Version[];
  /** "key=value" */
  readonly godebug: string[];
  /** "path@version" */
  readonly exclude: Set<string>;
  readonly replace: Replacement[];
}

export interface GoWork {
  /** "1.21", or '' */
  go: string;
  readonly godebug: readonly string[];
  readonly use: { readonly path: string; readonly line: number }[];
  readonly replace: Replacement[];
}

/** main: is it the main module's? */
export function parseGoMod(file: string, src: Uint8Array, main: boolean): GoMod {
  return new Reader(main ? 'main' : 'other').read(file, src).mod;
}

export function parseGoWork(file: string, src: Uint8Array): GoWork {
  const { mod, use } = new Reader('work').read(file, src);
  return { go: mod.go, godebug: mod.godebug, use, replace: mod.replace };
}

const goVersion = /^([1-9]\d*)\.(0|[1-9]\d*)(\.(0|[1-9]\d*))?([a-z]+\d+)?$/;
/** what other modules may write */
const looseVersion = /^v?(([1-9]\d*)\.(0|[1-9]\d*))(\D.*)$/;
const blocks: { readonly [K in Kind]: ReadonlySet<string> } = {
  main: new Set(['module', 'godebug', 'require', 'exclude', 'replace', 'retract', 'tool', 'ignore']),
  other: new Set(['module', 'require', 'replace', 'retract']),
  work: new Set(['use', 'godebug', 'replace']),
};

type Kind = 'main' | 'other' | 'work';

/** The fault of one line. */
class Fault extends Error {}

class Reader {
  readonly mod: GoMod = { module: '', go: '', require: [], godebug: [], exclude: new Set(), replace: [] };
  readonly use: GoWork['use'] = [];
  private readonly kind: Kind;
  /** directives that may stand once, and did */
  private readonly seen = new Set<string>();

  constructor(kind: Kind) {
    this.kind = kind;
  }

  read(file: string, src: Uint8Array): this {
    const syntax = parseModSyntax(file, src);
    const faults: ModFault[] = [];
    for (const { line, column, words } of syntax.blocks)
      if (this.kind !== 'other' && (words.length > 1 || !blocks[this.kind].has(words[0]!)))
        faults.push({ line, column, msg: `unknown block type: ${words.join(' ')}` });
    for (const l of syntax.lines) {
      if (l.inBlock && !blocks[this.kind].has(l.verb)) continue;
      try {
        if (this.kind === 'work') this.workDirective(l);
        else this.directive(l);
      } catch (e) {
        if (!(e instanceof Fault)) throw e;
        faults.push({ line: l.line, column: l.column, msg: e.message });
      }
    }
    if (faults.length > 0) {
      faults.sort((a, b) => a.line - b.line);
      throw new ModError(file, faults);
    }
    return this;
  }

  private workDirective({ verb, args, line }: ModLine): void {
    switch (verb) {
      case 'go':
        this.goLine(args);
        return;
      case 'toolchain':
        this.toolchain(args);
        return;
      case 'godebug':
        checkGodebug(args);
        this.mod.godebug.push(args[0]!);
        return;
      case 'use':
        if (args.length !== 1) throw new Fault('usage: use local/dir');
        this.use.push({ path: unquoted(args[0]!), line });
        return;
      case 'replace':
        this.mod.replace.push(replacement(verb, args));
        return;
      default:
        throw new Fault(`unknown directive: ${verb}`);
    }
  }

  private directive({ verb, args }: ModLine): void {
    switch (verb) {
      case 'module':
        this.once(verb);
        if (args.length !== 1) throw new Fault('usage: module module/path');
        this.mod.module = unquoted(args[0]!);
        return;
      case 'go':
        this.goLine(args);
        return;
      case 'require':
        this.required(verb, args);
        return;
    }
    if (this.kind === 'other') return;
    switch (verb) {
      case 'exclude':
        this.required(verb, args);
        return;
      case 'replace':
        this.mod.replace.push(replacement(verb, args));
        return;
      case 'retract':
        checkRetract(args);
        return;
      case 'toolchain':
        this.toolchain(args);
        return;
      case 'tool':
      case 'ignore':
        single(verb, args);
        unquoted(args[0]!);
        return;
      case 'godebug':
        checkGodebug(args);
        this.mod.godebug.push(args[0]!);
        return;
      default:
        throw new Fault(`unknown directive: ${verb}`);
    }
  }

  private toolchain(args: readonly string[]): void {
    this.once('toolchain');
    single('toolchain', args);
    if (!/^default$|^go1($|\.)/.test(args[0]!))
      throw new Fault(`invalid toolchain version '${args[0]}': must match format go1.23.0 or default`);
  }

  private once(verb: string): void {
    if (this.seen.has(verb)) throw new Fault(`repeated ${verb} statement`);
    this.seen.add(verb);
  }

  private goLine(args: readonly string[]): void {
    if (this.seen.has('go')) throw new Fault('repeated go statement');
    single('go', args);
    const version =
      goVersion.test(args[0]!) || this.kind !== 'other' ? args[0]! : (looseVersion.exec(args[0]!)?.[1] ?? args[0]!);
    if (!goVersion.test(version)) throw new Fault(`invalid go version '${version}': must match format 1.23.0`);
    this.seen.add('go');
    this.mod.go = version;
  }

  private required(verb: string, args: readonly string[]): void {
    if (args.length !== 2) throw new Fault(`usage: ${verb} module/path v1.2.3`);
    const path = unquoted(args[0]!);
    const version = unquoted(args[1]!);
    if (this.kind === 'main') checkVersion(verb, path, version);
    if (verb === 'require') this.mod.require.push({ path, version });
    else this.mod.exclude.add(`${path}@${version}`);
  }
}

function checkGodebug(args: readonly string[]): void {
  if (args.length !== 1 || /["`',]/.test(args[0]!) || !args[0]!.includes('='))
    throw new Fault('usage: godebug key=value');
}

function single(verb: string, args: readonly string[]): void {
  if (args.length !== 1) throw new Fault(`${verb} directive expects exactly one argument`);
}

function unquoted(word: string): string {
  if (word.startsWith('`')) return word.slice(1, -1);
  if (word.startsWith('"')) {
    try {
      return JSON.parse(word) as string;
    } catch {
      throw new Fault('invalid quoted string: invalid syntax');
    }
  }
  if (word.includes('"')) throw new Fault('invalid quoted string: unquoted string cannot contain quote');
  return word;
}

const semver = /^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;

/** The version must have its usual form, and the major version that the path says. */
function checkVersion(verb: string, path: string, version: string): void {
  const wrong = (why: string) => new Fault(`${verb} ${path}: version ${JSON.stringify(version)} invalid: ${why}`);
  const m = semver.exec(version);
  if (!m) throw wrong('must be of the form v1.2.3');
  const major = `v${m[1]}`;
  const dotted = path.startsWith('gopkg.in/');
  const suffix = (dotted ? /\.(v\d+)(?:-unstable)?$/ : /\/(v\d+)$/).exec(path)?.[1] ?? '';
  if (!dotted && /^v(0\d*|1)$/.test(suffix)) throw wrong(`malformed module path ${JSON.stringify(path)}`);
  if (suffix === '' ? major === 'v0' || major === 'v1' || m[5] === '+incompatible' : major === suffix) return;
  if (suffix === 'v1' && version.startsWith('v0.0.0-')) return;
  throw wrong(`should be ${suffix || 'v0 or v1'}, not ${major}`);
}

function replacement(verb: string, args: readonly string[]): Replacement {
  const arrow = args[1] === '=>' ? 1 : 2;
  if (args.length < arrow + 2 || args.length > arrow + 3 || args[arrow] !== '=>')
    throw new Fault(
      'usage: replace module/path [v1.2.3] => other/module v1.4\n\t or replace module/path [v1.2.3] => ../local/directory',
    );
  const path = unquoted(args[0]!);
  const version = arrow === 2 ? unquoted(args[1]!) : '';
  if (arrow === 2) checkVersion(verb, path, version);
  const newPath = unquoted(args[arrow + 1]!);
  const last = args[arrow + 2];
  if (last === undefined) {
    if (!isLocalPath(newPath))
      throw new Fault(
        newPath.includes('@')
          ? "replacement module must match format 'path version', not 'path@version'"
          : 'replacement module without version must be directory path (rooted or starting with . or ..)',
      );
    return { path, version, newPath, newVersion: '' };
  }
  if (isLocalPath(newPath))
    throw new Fault(`replacement module directory path ${JSON.stringify(newPath)} cannot have version`);
  const newVersion = unquoted(last);
  checkVersion(verb, newPath, newVersion);
  return { path, version, newPath, newVersion };
}

/** A version, or two in brackets. */
function checkRetract(args: readonly string[]): void {
  if (args.length === 0) throw new Fault("expected '[' or version");
  let used = 1;
  if (args[0] === '[') {
    for (const [i, sign, what] of [
      [2, ',', "',' after version"],
      [4, ']', "']' after version"],
    ] as const)
      if (args[i] !== sign) throw new Fault(`expected ${what}`);
    used = 5;
  }
  if (args.length > used) throw new Fault(`unexpected token after version: ${JSON.stringify(args[used])}`);
}

/** Is a replacement's target a folder, and no module path? */
export function isLocalPath(path: string): boolean {
  return path === '.' || path === '..' || path.startsWith('./') || path.startsWith('../') || path.startsWith('/');
}
