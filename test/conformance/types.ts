// Go's test data for type checkers (GOROOT/src/internal/types/testdata): files that state their errors in comments, /* ERROR "text" */ and
// /* ERRORx "regexp" */ behind the token at fault.
//
// Assumes: nothing but Go's sources; the standard packages that files import are checked without bodies. Guarantees: each file by itself; a file
// passes if exactly the stated errors are reported, each on its line.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { diskFiles } from '../../src/host/node/files.ts';
import { Loader } from '../../src/load/load.ts';
import { parseFile } from '../../src/syntax/parser.ts';
import { FileSet } from '../../src/syntax/position.ts';
import { type CheckedPackage, checkPackage } from '../../src/types/api.ts';
import { testBuiltins } from '../../src/types/builtins.ts';
import { boolVal } from '../../src/types/constant.ts';
import { isBoolean } from '../../src/types/predicates.ts';
import { invalidType } from '../../src/types/record.ts';
import { Builtin, type BuiltinName, Mode, type Package } from '../../src/types/types.ts';
import { universe, unsafePackage } from '../../src/types/universe.ts';

export interface Found {
  readonly pos: number;
  readonly msg: string;
}

export interface Wanted {
  readonly line: number;
  readonly text: string;
  readonly matches: (msg: string) => boolean;
}

/** A Go regular expression for JavaScript. */
export function goRegExp(rx: string): RegExp {
  return new RegExp(rx.replace(/^\(\?s\)/, ''), rx.startsWith('(?s)') ? 's' : '');
}

function unquoteGo(s: string): string {
  if (s.startsWith('`')) return s.slice(1, s.lastIndexOf('`'));
  return JSON.parse(s.replaceAll(/\\'/g, "'").replaceAll(/\\x([0-9a-f]{2})/g, '\\u00$1')) as string;
}

/**
 * The ERROR and ERRORx comments of a file. A comment's error is at the token before it.
 */
function commentErrors(src: string): Wanted[] {
  const res: Wanted[] = [];
  let line = 1;
  let tokenLine = 1;
  const token = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|`[^`]*`|'(?:\\.|[^'\\\n])+'|\n|\s+|\w+|[^\s\w]/gu;
  for (const m of src.matchAll(token)) {
    const t = m[0];
    const text = t.startsWith('//') ? t.slice(2) : t.startsWith('/*') ? t.slice(2, -2) : null;
    const e = text === null ? null : /^ (ERRORx?) (.*)$/s.exec(text);
    if (e) {
      const pattern = unquoteGo(e[2]!.trim());
      const rx = e[1] === 'ERRORx' ? goRegExp(pattern) : null;
      res.push({ line: tokenLine, text: pattern, matches: (msg) => (rx ? rx.test(msg) : msg.includes(pattern)) });
    } else if (text === null && t.trim() !== '') tokenLine = line;
    for (const ch of t) if (ch === '\n') line++;
    if (text === null && t.startsWith('`')) tokenLine = line;
  }
  return res;
}

export function compare(
  fset: FileSet,
  got: readonly Found[],
  want: Wanted[],
  each: boolean,
  physical = true,
): string[] {
  const problems: string[] = [];
  const used = new Set<Wanted>();
  for (const e of got) {
    const p = fset.position(e.pos, physical);
    const hit = want.find((w) => w.line === p.line && (!each || !used.has(w)) && w.matches(e.msg));
    if (hit) used.add(hit);
    else problems.push(`${p.line}:${p.column}: not expected: ${e.msg.replaceAll('\n', ' / ')}`);
  }
  for (const w of want) if (!used.has(w)) problems.push(`${w.line}: missing: ${w.text}`);
  return problems;
}

/** The value of a -flag=value in a first line `// -flag=value`. */
export function headerFlag(src: string, name: string): string {
  const first = src.slice(0, src.indexOf('\n'));
  const m = /^\/\/\s*(-.*)$/.exec(first);
  return m ? (new RegExp(`-${name}=(\\S+)`).exec(m[1]!)?.[1] ?? '') : '';
}

const prefix = 'types/';
const dirs = ['check', 'examples', 'fixedbugs', 'spec'];
const testdata = (goroot: string): string => join(goroot, 'src/internal/types/testdata');

/** The tests, "types/check/blank.go". A folder is one of several files. */
export function typesTests(goroot: string): string[] {
  const root = testdata(goroot);
  return dirs.flatMap((dir) =>
    readdirSync(join(root, dir))
      .sort()
      .map((n) => `${prefix}${dir}/${n}`),
  );
}

export function isTypesTest(path: string): boolean {
  return path === 'types' || path.startsWith(prefix);
}

/** What is wrong with a test, or null. */
export function judgeTypes(goroot: string, path: string): string | null {
  testsOnly();
  const file = join(testdata(goroot), path.slice(prefix.length));
  const folder = statSync(file).isDirectory();
  const files = folder
    ? readdirSync(file)
        .sort()
        .map((f) => join(file, f))
    : [file];
  const src = files.map((f) => readFileSync(f));
  const std = new StandardPackages(goroot);
  const got = std.check(files, src, headerFlag(src[0]!.toString('utf8'), 'lang'));
  const problems = files.flatMap((f, i) => {
    const here = got.filter((e) => std.fset.position(e.pos, true).filename === f);
    return compare(std.fset, here, commentErrors(src[i]!.toString('utf8')), true);
  });
  return problems.length > 0 ? problems.join('\n') : null;
}

/** The built-in functions assert and trace, which only these files have. */
function testsOnly(): void {
  if (testBuiltins.has('assert')) return;
  for (const name of ['assert', 'trace']) universe.insert(new Builtin(name as BuiltinName, null, invalidType));
  testBuiltins.set('assert', (c, x, call) => {
    if (x.mode !== Mode.Constant || !isBoolean(x.typ)) {
      c.error(x, `invalid argument: ${c.opstr(x)} is not a boolean constant`);
      return false;
    }
    if (x.val!.kind === 'bool' && !boolVal(x.val!)) c.error(call, `${c.exprstr(call)} failed`);
    return true;
  });
  testBuiltins.set('trace', () => true);
}

/** The packages of the standard library, checked when they are first imported. */
class StandardPackages {
  readonly fset = new FileSet();
  private readonly errors: Found[] = [];
  private readonly loader: Loader;
  private readonly checked = new Map<string, CheckedPackage>();

  constructor(goroot: string) {
    this.loader = new Loader({
      files: diskFiles,
      fset: this.fset,
      goroot,
      overlays: join(goroot, 'no overlays'),
      dir: '/',
      report: (pos, msg) => this.errors.push({ pos, msg }),
    });
  }

  private import(written: string, from: ReadonlyMap<string, string>): Package | string {
    if (written === 'unsafe') return unsafePackage;
    const path = from.get(written) ?? written;
    const known = this.checked.get(path);
    if (known) return known.pkg;
    const p = this.loader.load(path);
    if (!p) return `package ${path} is not in std`;
    const c = checkPackage(
      {
        fset: this.fset,
        importer: (w) => this.import(w, p.imports),
        goVersion: '',
        error: () => {},
        lazyBodies: true,
        standard: true,
      },
      path,
      p.files,
    );
    this.checked.set(path, c);
    return c.pkg;
  }

  /** The errors of files of one package. */
  check(names: readonly string[], src: readonly Uint8Array[], goVersion: string): Found[] {
    const { errors } = this;
    const report = (pos: number, msg: string): void => {
      errors.push({ pos, msg });
    };
    const parsed = names.map((f, i) => parseFile(this.fset, f, src[i]!, report));
    const importer = (w: string): Package | string => this.import(w, new Map());
    checkPackage(
      { fset: this.fset, importer, goVersion, error: report, lazyBodies: false },
      parsed[0]!.name.name,
      parsed,
    );
    return errors;
  }
}
