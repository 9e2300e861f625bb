// The checker against Go's own programs: its errorcheck programs, its standard library, the installed compiler.
//
//   node test/typecheck.ts std [-lazy] [PACKAGE…]     check packages with all they import
//   node test/typecheck.ts errorcheck [-v] [FILTER…]  GOROOT/test programs marked errorcheck
//   node test/typecheck.ts file [-e] FILE…            the errors of one package of files (-e: all)
//   node test/typecheck.ts gc [-v] FILE…              our errors beside those of the installed compiler
//
// It reads the programs in place and asks the go command for the files of a package, so it needs a Go installation.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { SourceFile } from '../src/syntax/nodes.ts';
import { parseFile } from '../src/syntax/parser.ts';
import { FileSet } from '../src/syntax/position.ts';
import { type CheckedPackage, checkPackage } from '../src/types/api.ts';
import { ErrorList } from '../src/types/errors.ts';
import type { Package } from '../src/types/types.ts';
import { unsafePackage } from '../src/types/universe.ts';
import { compare, type Found, goRegExp, headerFlag, type Wanted } from './conformance/types.ts';

const goroot = execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).trim();

interface Listed {
  readonly ImportPath: string;
  readonly Dir: string;
  readonly GoFiles?: string[];
  readonly ImportMap?: Record<string, string>;
}

/** What the go command says about the standard library for wasm, kept in a file between runs. */
function listStd(): Map<string, Listed> {
  const dir = join(tmpdir(), 'burrow-typecheck');
  const cache = join(dir, 'std.json');
  if (!existsSync(cache)) {
    mkdirSync(dir, { recursive: true });
    const env = { ...process.env, GOOS: 'wasip1', GOARCH: 'wasm' };
    const args = ['list', '-deps', '-json=ImportPath,Dir,GoFiles,ImportMap', 'std'];
    const text = execFileSync('go', args, { encoding: 'utf8', env, maxBuffer: 1 << 28 });
    writeFileSync(cache, `[${text.replaceAll('\n}\n{', '\n},\n{')}]`);
  }
  const list = JSON.parse(readFileSync(cache, 'utf8')) as Listed[];
  return new Map(list.map((p) => [p.ImportPath, p]));
}

class Std {
  readonly fset = new FileSet();
  readonly packages = new Map<string, CheckedPackage>();
  readonly errors: Found[] = [];
  parseTime = 0;
  checkTime = 0;
  lines = 0;
  private readonly listed = listStd();
  private readonly lazy: boolean;

  constructor(lazy: boolean) {
    this.lazy = lazy;
  }

  get paths(): string[] {
    return [...this.listed.keys()];
  }

  import(path: string, from?: Listed): Package | string {
    if (path === 'unsafe') return unsafePackage;
    path = from?.ImportMap?.[path] ?? path;
    const done = this.packages.get(path);
    if (done) return done.pkg;
    const info = this.listed.get(path);
    if (!info?.GoFiles) return `package ${path} is not in std`;
    const files: SourceFile[] = [];
    const start = performance.now();
    for (const name of info.GoFiles) {
      const file = join(info.Dir, name);
      const src = readFileSync(file);
      files.push(parseFile(this.fset, file, src, (pos, msg) => this.errors.push({ pos, msg })));
    }
    this.parseTime += performance.now() - start;
    for (const f of files) this.lines += this.fset.file(f.pos)?.lines.length ?? 0;
    for (const f of files) for (const s of f.imports) this.import(JSON.parse(s.path.value) as string, info);
    const t = performance.now();
    const checked = checkPackage(
      {
        fset: this.fset,
        importer: (p) => this.import(p, info),
        goVersion: '',
        error: (pos, msg) => this.errors.push({ pos, msg }),
        lazyBodies: this.lazy,
      },
      path,
      files,
    );
    this.checkTime += performance.now() - t;
    this.packages.set(path, checked);
    return checked.pkg;
  }
}

function printErrors(fset: FileSet, errors: readonly Found[], limit = 0): void {
  const list = new ErrorList(fset, limit);
  for (const e of errors) list.add(e.pos, e.msg);
  for (const line of list.lines()) console.log(line);
}

function runStd(args: string[]): number {
  const lazy = args[0] === '-lazy';
  if (lazy) args = args.slice(1);
  const std = new Std(lazy);
  const start = performance.now();
  for (const path of args.length > 0 ? args : std.paths) {
    const n = std.errors.length;
    const r = std.import(path);
    if (typeof r === 'string') console.log(r);
    if (std.errors.length > n) console.log(`# ${path}: ${std.errors.length - n} errors`);
  }
  const total = performance.now() - start;
  printErrors(std.fset, std.errors, 60);
  const ms = (t: number): string => `${t.toFixed(0)} ms`;
  console.log(
    `${std.packages.size} packages, ${std.lines} lines: ${ms(total)} (parse ${ms(std.parseTime)}, check ${ms(std.checkTime)})`,
  );
  return std.errors.length > 0 ? 1 : 0;
}

/** Parses and checks files as one package; imports come from the standard library, bodies unchecked. */
class Programs {
  private readonly std = new Std(true);
  readonly fset = this.std.fset;

  /** names: what messages call the files. */
  check(files: readonly string[], goVersion: string, names = files, complete = false): Found[] {
    const errors: Found[] = [];
    const report = (pos: number, msg: string): void => {
      errors.push({ pos, msg });
    };
    const parsed = files.map((f, i) => parseFile(this.fset, names[i]!, readFileSync(f), report));
    if (errors.some((e) => e.msg.startsWith('syntax error'))) return errors;
    checkPackage(
      {
        fset: this.fset,
        importer: (p) => this.std.import(p),
        goVersion,
        complete,
        error: report,
        lazyBodies: false,
      },
      parsed[0]!.name.name,
      parsed,
    );
    return errors;
  }
}

interface Outcome {
  readonly problems: string[];
}

/** Runs one test on each file and counts. */
function runAll(names: readonly string[], verbose: boolean, run: (name: string) => Outcome): number {
  let passed = 0;
  const failed: string[] = [];
  for (const name of names) {
    let problems: string[];
    try {
      problems = run(name).problems;
    } catch (e) {
      problems = [`crash: ${(e as Error).stack?.split('\n').slice(0, 6).join('\n    ')}`];
    }
    if (problems.length === 0) passed++;
    else {
      failed.push(name);
      if (verbose) {
        console.log(`--- ${name}`);
        for (const p of problems.slice(0, 40)) console.log(`  ${p}`);
      }
    }
  }
  if (!verbose) for (const f of failed) console.log(`FAIL ${f}`);
  console.log(`${passed} of ${names.length} pass (${((100 * passed) / Math.max(1, names.length)).toFixed(1)} %)`);
  return failed.length > 0 ? 1 : 0;
}

/** The errors an errorcheck program wants: `// ERROR "regexp" "regexp"`. */
function lineErrors(src: string, file: string): Wanted[] {
  const res: Wanted[] = [];
  src.split('\n').forEach((text, i) => {
    if (text.includes('////')) return;
    const m = /\/\/ (?:GC_)?ERROR(?:NEXT)? (.*)/.exec(text);
    if (!m) return;
    for (const q of m[1]!.matchAll(/"([^"]*)"/g)) {
      const rx = q[1]!.replaceAll(/LINE(?:([+-])(\d+))?/g, (_, sign: string, n: string) => {
        const delta = n ? Number(n) * (sign === '-' ? -1 : 1) : 0;
        return `${file}:${i + 1 + delta}`;
      });
      const re = goRegExp(rx);
      res.push({ line: i + 1, text: rx, matches: (msg) => re.test(msg) });
    }
  });
  return res;
}

function runErrorcheck(args: string[]): number {
  const verbose = args[0] === '-v';
  if (verbose) args = args.slice(1);
  const root = join(goroot, 'test');
  const names: string[] = [];
  const visit = (dir: string): void => {
    for (const n of readdirSync(join(root, dir)).sort()) {
      const rel = dir ? `${dir}/${n}` : n;
      if (n.endsWith('.go')) {
        const head = readFileSync(join(root, rel), 'utf8').slice(0, 300);
        if (!/^\/\/ errorcheck( |$)/m.test(head)) continue;
        const flags = /^\/\/ errorcheck(.*)$/m.exec(head)![1]!;
        // optimisation reports are not the checker's
        if (/ -0|-m\b|-d=|-live|-race|-\+|-e=0/.test(flags)) continue;
        names.push(rel);
      } else if (!n.includes('.') && statSync(join(root, rel)).isDirectory()) visit(rel);
    }
  };
  visit('');
  const programs = new Programs();
  const wanted = names.filter((n) => args.length === 0 || args.some((a) => n.includes(a)));
  return runAll(wanted, verbose, (name) => {
    const path = join(root, name);
    const src = readFileSync(path, 'utf8');
    const lang = /-lang=(\S+)/.exec(src.slice(0, 300))?.[1] ?? '';
    const got = programs.check([path], lang, [basename(path)], / -complete/.test(src.slice(0, 300)));
    return { problems: compare(programs.fset, got, lineErrors(src, basename(path)), false, false) };
  });
}

/** Compares the errors of single files with the installed compiler's, line by line. */
function runGc(args: string[]): number {
  const verbose = args[0] === '-v';
  if (verbose) args = args.slice(1);
  const programs = new Programs();
  const importcfg = join(tmpdir(), 'burrow-typecheck', 'importcfg');
  if (!existsSync(importcfg)) {
    const format = '{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}';
    writeFileSync(importcfg, execFileSync('go', ['list', '-export', '-f', format, 'std'], { encoding: 'utf8' }));
  }
  return runAll(args, verbose, (path) => {
    const src = readFileSync(path, 'utf8');
    const lang = headerFlag(src, 'lang') || (/-lang=(\S+)/.exec(src.slice(0, 300))?.[1] ?? '');
    const flags = [
      'tool',
      'compile',
      '-e',
      '-p',
      'p',
      '-o',
      join(tmpdir(), 'burrow-typecheck', 'out.o'),
      '-importcfg',
      importcfg,
    ];
    if (lang) flags.push(`-lang=${lang}`);
    const r = spawnSync('go', [...flags, path], { encoding: 'utf8' });
    const want = new Set(r.stdout.split('\n').filter((l) => l !== ''));
    const list = new ErrorList(programs.fset, 0);
    for (const e of programs.check([path], lang)) list.add(e.pos, e.msg);
    const got = new Set(
      list
        .lines()
        .join('\n')
        .split('\n')
        .filter((l) => l !== ''),
    );
    const short = (l: string): string => l.replaceAll(path, basename(path));
    const problems = [...want].filter((l) => !got.has(l)).map((l) => `gc:   ${short(l)}`);
    problems.push(...[...got].filter((l) => !want.has(l)).map((l) => `ours: ${short(l)}`));
    return { problems };
  });
}

function runFile(args: string[]): number {
  const all = args[0] === '-e';
  const programs = new Programs();
  const errors = programs.check(all ? args.slice(1) : args, '');
  printErrors(programs.fset, errors, all ? 0 : 10);
  return errors.length > 0 ? 1 : 0;
}

const [mode, ...rest] = process.argv.slice(2);
const modes: Record<string, (args: string[]) => number> = {
  std: runStd,
  errorcheck: runErrorcheck,
  file: runFile,
  gc: runGc,
};
const run = mode ? modes[mode] : undefined;
if (!run) {
  console.error('usage: node test/typecheck.ts std|errorcheck|file|gc …');
  process.exitCode = 2;
} else process.exitCode = run(rest);
