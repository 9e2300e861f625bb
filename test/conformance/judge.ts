// Judges one program of Go's test folder: does what its recipe asks for, in this process, and says what is wrong.
//
// Assumes: build/runtime.wasm is there. Guarantees: a mistake of the compiler's own (an exception) is a failure with its message; programs run in a process
// of their own, which is killed after a minute.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { type CompileRequest, compile, type PackageErrors } from '../../src/cli/compile.ts';
import { diskFiles } from '../../src/host/node/files.ts';
import { BuildTags } from '../../src/load/tags.ts';
import { goExportNames } from '../../src/runtime/goexports.ts';
import { mismatches, splitDiagnostics, type Wanted, wantedErrors } from './expect.ts';
import { aboutNativeToolchain, parseRecipe, type Recipe } from './recipe.ts';
import { isTypesTest, judgeTypes } from './types.ts';

const root = join(import.meta.dirname, '..', '..');
const programTimeout = 60_000;
const outputLimit = 64 << 20;

export interface Case {
  /** GOROOT/test */
  readonly tests: string;
  /** below it, "chan/doubleselect.go" */
  readonly path: string;
  readonly goroot: string;
  readonly gcstress: boolean;
}

export type Verdict =
  | { readonly kind: 'pass'; readonly action: string }
  | { readonly kind: 'fail'; readonly action: string; readonly why: string }
  | { readonly kind: 'left'; readonly why: string };

const actions =
  /^(run|runoutput|rundir|compile|compiledir|errorcheck|errorcheckdir|errorcheckwithauto|errorcheckoutput|errorcheckandrundir)$/;

/** What the recipe needs that is not done here, or null. */
function beyondRunner(r: Recipe): string | null {
  if (actions.test(r.action)) return null;
  return r.action === 'runindir' ? 'drives the go command' : 'is no program of its own';
}

export function judge(c: Case): Verdict {
  if (isTypesTest(c.path)) return judgeErrors(c);
  const file = join(c.tests, c.path);
  const bytes = readFileSync(file);
  const source = bytes.toString('utf8');
  const recipe = parseRecipe(source);
  const left = beyondRunner(recipe) ?? aboutNativeToolchain(recipe, source);
  if (left) return { kind: 'left', why: left };
  if (!new BuildTags(undefined).sourceMatches(bytes)) return { kind: 'left', why: 'is not for wasip1' };
  if (c.gcstress && !/^(run|runoutput|rundir)$/.test(recipe.action)) return { kind: 'left', why: 'runs nothing' };
  const scratch = mkdtempSync(join(tmpdir(), 'burrow-conformance-'));
  try {
    const why = new Trial(c, file, recipe, scratch).problem();
    return why === null ? { kind: 'pass', action: recipe.action } : { kind: 'fail', action: recipe.action, why };
  } catch (e) {
    return { kind: 'fail', action: recipe.action, why: `internal error: ${(e as Error).message}` };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function judgeErrors(c: Case): Verdict {
  const why = judgeTypes(c.goroot, c.path);
  return why === null ? { kind: 'pass', action: 'errors' } : { kind: 'fail', action: 'errors', why };
}

class Trial {
  private readonly c: Case;
  private readonly file: string;
  private readonly recipe: Recipe;
  private readonly scratch: string;

  constructor(c: Case, file: string, recipe: Recipe, scratch: string) {
    this.c = c;
    this.file = file;
    this.recipe = recipe;
    this.scratch = scratch;
  }

  problem(): string | null {
    switch (this.recipe.action) {
      case 'run':
        return this.runs([this.file, ...this.moreFiles()], undefined, this.c.gcstress);
      case 'runoutput':
        return this.withOutput((program) => this.runs([program], undefined, this.c.gcstress));
      case 'compile':
        return this.builds([this.file], undefined);
      case 'errorcheck':
      case 'errorcheckwithauto':
        return this.reports([this.file], undefined, [this.file]);
      case 'errorcheckoutput':
        return this.withOutput((program) => this.reports([program], undefined, [program]));
      case 'rundir':
        return this.inFolder((main, local) => this.runs(main, local, this.c.gcstress));
      case 'compiledir':
        return this.inFolder((main, local) => this.builds(main, local));
      case 'errorcheckdir':
        return this.inFolder((main, local, all) => this.reports(main, local, all));
      default:
        // errorcheckandrundir: the package before the last is the one with errors
        return this.inFolder((main, local) => {
          const [path, wrong] = [...local].pop()!;
          const others = new Map([...local].filter(([p]) => p !== path));
          return this.reports(wrong, others, wrong) ?? this.runs(main, local, false);
        });
    }
  }

  /** The program prints a program, which is judged. */
  private withOutput(f: (program: string) => string | null): string | null {
    const made = this.output([this.file, ...this.moreFiles()], undefined, false, false);
    if (typeof made === 'string') return made;
    const program = join(this.scratch, 'tmp__.go');
    writeFileSync(program, made.stdout);
    return f(program);
  }

  /** Arguments of a program that are files of its package. */
  private moreFiles(): string[] {
    return this.recipe.args.filter((a) => a.endsWith('.go')).map((a) => join(dirname(this.file), a));
  }

  /** The packages of the program's folder: the last is the one to compile, the others are imported by "./name" and are called test/name. */
  private inFolder(f: (main: string[], local: Map<string, string[]>, all: string[]) => string | null): string | null {
    const dir = this.file.replace(/\.go$/, '.dir');
    const groups = new Map<string, string[]>();
    const all: string[] = [];
    for (const name of readdirSync(dir).sort()) {
      if (!name.endsWith('.go')) continue;
      const path = join(dir, name);
      const pkg = /^package\s+(\w+)/m.exec(readFileSync(path, 'utf8'))?.[1] ?? name;
      const key = this.recipe.singleFilePackages ? name : pkg;
      groups.set(key, [...(groups.get(key) ?? []), path]);
      all.push(path);
    }
    const list = [...groups.values()];
    const main = list.pop();
    if (!main) return `no Go files in ${dir}`;
    return f(main, new Map(list.map((files) => [`test/${basename(files[0]!, '.go')}`, files])), all);
  }

  private request(files: readonly string[], local?: Map<string, string[]>): CompileRequest {
    const lang =
      this.recipe.flags.find((x) => x.startsWith('-lang='))?.slice(6) ??
      (this.recipe.goVersion ? `go${this.recipe.goVersion}` : '');
    return {
      files: diskFiles,
      cwd: dirname(files[0]!),
      goroot: this.c.goroot,
      overlays: join(root, 'src', 'std'),
      modCache: join(this.scratch, 'mod'),
      target: { files },
      alone: true,
      allErrors: !this.recipe.flags.includes('-e=0'),
      complete: this.recipe.flags.includes('-complete'),
      standard: this.recipe.flags.includes('-std'),
      ...(local && { local, localPrefix: 'test' }),
      ...(lang && { lang }),
    };
  }

  private compiled(files: readonly string[], local?: Map<string, string[]>): ReturnType<typeof compile> {
    const runtime = readFileSync(join(root, 'build', 'runtime.wasm'));
    return compile(this.request(files, local), { runtime, goExports: goExportNames });
  }

  /** What the program prints, its standard error with its standard output if `both`; a string if it does not get as far as ending well. */
  private output(
    files: readonly string[],
    local: Map<string, string[]> | undefined,
    stress: boolean,
    both: boolean,
  ): { stdout: string } | string {
    const { wasm, errors } = this.compiled(files, local);
    if (!wasm) return `does not compile: ${text(errors).slice(0, 300)}`;
    const program = join(this.scratch, 'program.wasm');
    writeFileSync(program, wasm);
    const godebug = [this.recipe.env.GODEBUG, stress ? 'gcstress=1' : ''].filter(Boolean).join(',');
    const args = this.recipe.args.filter((a) => !a.endsWith('.go'));
    const command = [
      process.execPath,
      '--disable-warning=ExperimentalWarning',
      join(root, 'test', 'conformance', 'program.ts'),
    ];
    const r = spawnSync('/bin/sh', ['-c', `exec "$0" "$@"${both ? ' 2>&1' : ''}`, ...command, program, ...args], {
      cwd: dirname(this.file),
      encoding: 'utf8',
      timeout: programTimeout,
      killSignal: 'SIGKILL',
      maxBuffer: outputLimit,
      env: { ...process.env, ...this.recipe.env, GOROOT: this.c.goroot, ...(godebug && { GODEBUG: godebug }) },
    });
    if (r.status === 0) return r;
    if (r.signal) return `killed after ${programTimeout / 1000} s: ${(r.stderr + r.stdout).slice(0, 200)}`;
    return `exit ${r.status}: ${(r.stderr + r.stdout).slice(0, 300)}`;
  }

  private runs(files: readonly string[], local: Map<string, string[]> | undefined, stress: boolean): string | null {
    const r = this.output(files, local, stress, true);
    if (typeof r === 'string') return r;
    const expected = this.file.replace(/\.go$/, '.out');
    const want = existsSync(expected) ? readFileSync(expected, 'utf8') : '';
    return r.stdout === want ? null : `output differs: ${r.stdout.slice(0, 200)}`;
  }

  /** A package that is no program is only checked; functions without bodies are somebody else's to define. */
  private builds(files: readonly string[], local?: Map<string, string[]>): string | null {
    const errors = this.compiled(files, local).errors.filter((e) => !e.link);
    return errors.length > 0 ? `does not compile: ${text(errors).slice(0, 300)}` : null;
  }

  private reports(
    files: readonly string[],
    local: Map<string, string[]> | undefined,
    all: readonly string[],
  ): string | null {
    const errors = this.compiled(files, local).errors.filter((e) => !e.link);
    const wanted: Wanted[] = all.flatMap((f) => wantedErrors(readFileSync(f, 'utf8'), basename(f)));
    // file names without their folders, as the comments have them
    const found = splitDiagnostics(text(errors).replaceAll(/(^|[ (\t])[^\s:"(]*\/(?=[^\s:/]+\.go:\d)/gm, '$1'));
    return mismatches(found, this.recipe.wantError ? wanted : []).join('; ') || null;
  }
}

function text(errors: readonly PackageErrors[]): string {
  return errors.map((e) => e.lines.join('\n')).join('\n');
}
