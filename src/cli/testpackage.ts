// The tests of one package: builds their program, runs it or finds what it printed before, and says how it went.
//
// Guarantees: what is printed, and where, is what `go test` prints.

import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import type { Modules } from '../load/modules.ts';
import { makeDir } from './cachedir.ts';
import type { PackageErrors } from './compile.ts';
import { formatDuration } from './duration.ts';
import { Failure, failure } from './failure.ts';
import * as messages from './messages.ts';
import { makeProgram } from './program.ts';
import { makeTemp, removeTemp } from './tempfolder.ts';
import type { TestCache } from './testcache.ts';
import { type Coverage, type CoverProfile, unrunLine } from './testcover.ts';
import { buildEvents, TestEvents } from './testevents.ts';
import { programFile, programName } from './testfile.ts';
import type { TestCommand } from './testflags.ts';
import { runTest, type TestEnd } from './testrun.ts';

/** What the packages of a command share. */
export interface TestSession {
  readonly command: TestCommand;
  /** no package was named: that of the current folder is tested */
  readonly here: boolean;
  readonly goroot: string;
  readonly modules: Modules;
  /** there is one package */
  readonly only: boolean;
  /** null if results are not kept */
  readonly cache: TestCache | null;
  /** what has been said about packages that do not compile */
  readonly shown: Set<string>;
  /** null: nothing is counted */
  readonly cover: Coverage | null;
}

export interface PackageTest {
  readonly path: string;
  /** resolves when the package may begin */
  readonly turn: () => Promise<void>;
  /** is called when it has begun */
  readonly begun: () => void;
  /** says whether it is not to begin at all */
  readonly cancelled: () => boolean;
}

export interface PackageResult {
  readonly ok: boolean;
  /** a test has failed, rather than a compilation */
  readonly failFast: boolean;
  /** prints what was not printed yet */
  readonly print: () => void;
}

const printOut = (text: string): void => {
  process.stdout.write(text);
};

/** Where a package's lines go: at once, or when it is its turn; as they are, or as events. */
class Output {
  readonly events: TestEvents | null;
  readonly streams: boolean;
  private readonly held: (string | Buffer)[] = [];

  constructor(path: string, json: boolean, streams: boolean) {
    this.events = json ? new TestEvents(path, printOut) : null;
    this.streams = json || streams;
  }

  write(data: string | Buffer): void {
    if (this.events) this.events.write(Buffer.from(data as string));
    else if (this.streams) process.stdout.write(data);
    else this.held.push(data);
  }

  readonly print = (): void => {
    for (const d of this.held) process.stdout.write(d);
  };
}

export async function testPackage(session: TestSession, one: PackageTest): Promise<PackageResult> {
  const { command, here, only } = session;
  const { path } = one;
  const nothing = (): void => {};
  const cover = session.cover?.of(path);
  const { wasm, errors } = await makeProgram({ test: path, ...(cover && { cover }) }, false, command.vet);
  await one.turn();
  if (one.cancelled()) return { ok: true, failFast: false, print: nothing };
  const noTests = errors.some((e) => e.link === 'no test files');
  if (command.compileOnly) {
    one.begun();
    if (!wasm) return unbuilt(session, path, errors, noTests);
    await keep(session, path, wasm);
    return { ok: true, failFast: false, print: nothing };
  }
  if (!wasm) {
    const result = unbuilt(session, path, errors, noTests);
    one.begun();
    return result;
  }
  /** the command does not look at what comes */
  const unseen = here || command.bench;
  const out = new Output(path, command.json, unseen || (command.showPass && (only || command.parallel === 1)));
  one.begun();
  const at = session.modules.locate(path);
  if (typeof at === 'string') throw new Failure(`${at}\n`);
  const args = ['-test.paniconexit0', ...command.args];
  const root = at.module?.dir ?? session.goroot;
  const entry = session.cache?.entry({ wasm, args: command.args, dir: at.dir, root }) ?? null;
  const profile = session.cover?.profile ?? null;
  const known = entry?.lookup(profile !== null);
  if (known) {
    out.write(known.text);
    out.events?.close(true);
    return { ok: true, failFast: false, print: () => finish(out, profile, known.profile) };
  }
  const temp = cover ? makeTemp('burrow-cover') : '';
  let counted: string | null = null;
  let ok: boolean;
  try {
    const end = await runTest({
      wasm,
      name: programName(path),
      dir: at.dir,
      args: [
        ...(entry ? [`-test.testlogfile=${entry.log}`] : []),
        ...args.map((a) => (a.startsWith(coverFlag) ? coverFlag + join(temp, 'profile') : a)),
      ],
      env: { ...process.env, GOROOT: session.goroot, PWD: at.dir },
      timeout: command.bench ? 0 : command.timeout,
      output: (d) => {
        if (out.streams) out.write(d);
      },
    });
    ok = end.code === 0;
    const { text, whole } = report(path, end, out, command, unseen);
    out.write(text);
    out.events?.close(ok);
    if (profile) counted = written(join(temp, 'profile'));
    if (ok) entry?.store({ text: whole, profile: counted });
  } finally {
    entry?.close();
    if (temp) removeTemp(temp);
  }
  if (command.profile || command.output) await keep(session, path, wasm);
  return { ok, failFast: !ok, print: () => finish(out, profile, counted) };
}

const coverFlag = '-test.coverprofile=';

function finish(out: Output, profile: CoverProfile | null, counted: string | null): void {
  out.print();
  if (counted) profile?.add(counted);
}

/** What the program has written, if it has. */
function written(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/** Writes the program where the command line asks for it. */
async function keep(session: TestSession, path: string, wasm: Uint8Array): Promise<void> {
  const file = programFile(session.command, path);
  if (!file) return;
  const { writeExecutable } = await import('./bundle.ts');
  try {
    makeDir(dirname(file));
    await writeExecutable(file, wasm);
  } catch (e) {
    throw new Failure(messages.cannotWrite(file, (e as Error).message));
  }
}

function unbuilt(session: TestSession, path: string, errors: readonly PackageErrors[], none: boolean): PackageResult {
  // what is wrong with the module is said once
  if (errors.some((e) => e.path === '')) throw failure(errors);
  const { json, compileOnly } = session.command;
  const loaded = errors.every((e) => e.link !== 'not loaded');
  let failed = '';
  for (const e of none ? [] : errors) {
    const own = loaded && (e.path === path || e.path === `${path}_test`) && e.vetted !== 'alone';
    const title = own ? `${e.path} [${path}.test]` : e.path;
    const id = e.about ?? title;
    failed ||= id;
    const head = e.vetted === 'with tests' ? `# ${e.path}\n# [${e.path}]\n` : title ? `# ${title}\n` : '';
    const text = `${head}${e.lines.join('\n')}\n`;
    if (session.shown.has(text)) continue;
    session.shown.add(text);
    if (json) buildEvents(id, text, printOut);
    else process.stderr.write(text);
  }
  if (compileOnly && loaded && !none) return { ok: false, failFast: false, print: () => {} };
  const out = new Output(path, json && !compileOnly, session.here);
  if (out.events) out.events.failedBuild = failed;
  const { unrun } = errors[0]!;
  if (none && unrun) {
    out.write(unrunLine(path, unrun));
    out.events?.close(true);
    const lines = unrun.map((l) => `${l}\n`).join('');
    return {
      ok: true,
      failFast: false,
      print: () => {
        out.print();
        session.cover?.profile?.addLines(lines);
      },
    };
  }
  out.write(none ? `?   \t${path}\t[no test files]\n` : `FAIL\t${path} [${loaded ? 'build' : 'setup'} failed]\n`);
  out.events?.close(none);
  return { ok: none, failFast: false, print: out.print };
}

/** What is printed after a run, and all a cache would print. unseen: the program's output was not looked at. */
function report(
  path: string,
  end: TestEnd,
  output: Output,
  { showPass, json, cover }: TestCommand,
  unseen: boolean,
): { text: string; whole: string } {
  const time = `${end.seconds.toFixed(3)}s`;
  const newline = unseen || end.out === '' || end.out.endsWith('\n') ? '' : '\n';
  if (end.code === 0) {
    const none = !unseen && /(^|\n)testing: warning: no tests to run\n/.test(end.out) ? ' [no tests to run]' : '';
    const share = unseen || !cover ? null : /coverage: (.*)\n/.exec(end.out);
    const last = `ok  \t${path}\t${time}${share ? `\tcoverage: ${share[1]}` : ''}${none}\n`;
    const before = showPass || json ? end.out + newline : '';
    return { text: (output.streams ? newline : before) + last, whole: before + last };
  }
  let text = output.streams ? '' : end.out;
  if (end.killed) {
    const by = end.killed === 'SIGQUIT' ? ' with quit' : '';
    text += `*** Test killed${by}: ran too long (${formatDuration(end.limit)}).\n`;
  }
  if (end.signal) text += `signal: ${signalText(end.signal)}\n`;
  else if (unseen || end.out === '') text += `exit status ${end.code}\n`;
  else text += newline;
  return { text: `${text}${json ? '\x16' : ''}FAIL\t${path}\t${time}\n`, whole: '' };
}

function signalText(sig: NodeJS.Signals): string {
  const names: { readonly [sig: string]: string } = {
    SIGABRT: 'aborted',
    SIGHUP: 'hangup',
    SIGINT: 'interrupt',
    SIGKILL: 'killed',
    SIGQUIT: 'quit',
    SIGSEGV: 'segmentation fault',
    SIGTERM: 'terminated',
  };
  return names[sig] ?? `signal ${constants.signals[sig]}`;
}
