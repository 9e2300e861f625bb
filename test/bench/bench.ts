// `npm run bench`: the programs of test/bench/programs under native Go, official Go wasm and Burrow, in one run, as ratios.
//
// Each program measures its own work and prints `UNIT N check C` on standard error, UNIT one of `units`; C must be the same everywhere. Where it
// has several figures, each line begins with `row NAME`. The three sides of a program run in turn, several rounds, and the medians are
// compared, so that a machine that changes speed changes all of them. Without a Go toolchain only Burrow's column is filled; a program with
// `//go:build !js` is none for official Go wasm, and `events` compares Burrow with itself. The last line has the geometric means of the ratios of
// programs that compute; those of goroutines, timers and the like are no part of them.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const programs = join(import.meta.dirname, 'programs');

interface Side {
  name: string;
  command: string[];
}
interface Row {
  program: string;
  unit: Unit;
  /** by the side's name */
  figures: { [side: string]: number };
}

const units = {
  ps: (n: number) => `${(n / 1e3).toFixed(1)} ns`,
  ns: (n: number) => (n >= 1e6 ? `${(n / 1e6).toFixed(0)} ms` : `${n} ns`),
  us: (n: number) => `${(n / 1e3).toFixed(1)} ms`,
  bytes: (n: number) => `${n} B`,
  percent: (n: number) => `${n} %`,
};
type Unit = keyof typeof units;

/** Programs whose figures are the scheduler's: what they do between is next to nothing, or waiting. */
const scheduling: ReadonlySet<string> = new Set([
  'events',
  'mutex',
  'parked',
  'pingpong',
  'pingpong1',
  'pingpong2',
  'spawn',
  'split',
  'structs',
  'ticker',
]);

function goroot(): string | null {
  const r = spawnSync('go', ['env', 'GOROOT'], { encoding: 'utf8' });
  return r.status === 0 ? r.stdout.trim() : null;
}

function build(command: string[], env: NodeJS.ProcessEnv): void {
  const r = spawnSync(command[0]!, command.slice(1), { encoding: 'utf8', env: { ...process.env, ...env } });
  if (r.status !== 0) throw new Error(`${command.join(' ')}\n${r.stderr}${r.stdout}`);
}

/** Builds one program for every side there is; artefacts go to dir. */
function sides(program: string, dir: string, go: string | null): Side[] {
  const source = join(programs, program);
  const out: Side[] = [];
  if (go) {
    const native = join(dir, program);
    build(['go', 'build', '-o', native, join(source, 'main.go')], { GOFLAGS: '-buildvcs=false' });
    out.push({ name: 'native Go', command: [native] });
    const exec = join(go, 'lib', 'wasm', 'wasm_exec_node.js');
    if (existsSync(exec) && !/^\/\/go:build !js$/m.test(readFileSync(join(source, 'main.go'), 'utf8'))) {
      const wasm = join(dir, `${program}.wasm`);
      build(['go', 'build', '-o', wasm, join(source, 'main.go')], {
        GOOS: 'js',
        GOARCH: 'wasm',
        GOFLAGS: '-buildvcs=false',
      });
      out.push({ name: 'official wasm', command: [process.execPath, '--stack-size=8192', exec, wasm] });
    }
  }
  const burrow = join(dir, `${program}-burrow`);
  build([join(root, 'bin', 'burrow'), 'build', '-o', burrow, join(source, 'main.go')], {});
  out.push({ name: 'Burrow', command: [burrow] });
  return out;
}

interface Figure {
  row: string;
  unit: Unit;
  n: number;
  check: string;
}

function measure(side: Side): Figure[] {
  const r = spawnSync(side.command[0]!, side.command.slice(1), { encoding: 'utf8', timeout: 180_000 });
  const lines = [...(r.stderr + r.stdout).matchAll(/^(?:row (\S+) )?([a-z]+) (\d+) check (-?\d+)$/gm)];
  if (r.status !== 0 || lines.length === 0 || !lines.every((m) => Object.hasOwn(units, m[2]!)))
    throw new Error(`${side.command.join(' ')}: exit ${r.status}\n${r.stderr}${r.stdout}`);
  return lines.map((m) => ({ row: m[1] ?? '', unit: m[2] as Unit, n: Number(m[3]), check: m[4]! }));
}

const median = (xs: number[]) => xs.sort((a, b) => a - b)[xs.length >> 1]!;

/** Measures one program, and returns its rows. */
function measureProgram(program: string, all: readonly Side[], rounds: number): Row[] {
  const samples = new Map<string, { unit: Unit; checks: Set<string>; bySide: Map<string, number[]> }>();
  for (let i = 0; i < rounds; i++) {
    for (const side of all) {
      for (const { row, unit, n, check } of measure(side)) {
        const s = samples.get(row) ?? { unit, checks: new Set(), bySide: new Map<string, number[]>() };
        samples.set(row, s);
        s.checks.add(check);
        s.bySide.set(side.name, [...(s.bySide.get(side.name) ?? []), n]);
      }
    }
  }
  return [...samples].map(([row, { unit, checks, bySide }]) => {
    if (checks.size !== 1) throw new Error(`${program}: the sides disagree: ${[...checks].join(', ')}`);
    const figures = Object.fromEntries([...bySide].map(([name, xs]) => [name, median(xs)]));
    return { program: row ? `${program} ${row}` : program, unit, figures };
  });
}

/**
 * What writing and reading events costs: the time of a program with them, in percent of that without. Runs of either are of several speeds, by what the engine
 * happened to inline, so that it takes more of them.
 */
function measureEvents(rounds: number): Row[] {
  const source = join(programs, 'events', 'main.go');
  const run = join(root, 'bin', 'burrow');
  const [off, on] = measureProgram(
    'events',
    [
      { name: 'off', command: [run, 'run', source] },
      { name: 'on', command: [run, 'run', '-events=/dev/null', source] },
    ],
    10 * rounds,
  ).flatMap(({ figures }) => [figures.off!, figures.on!]);
  return [{ program: 'events', unit: 'percent', figures: { Burrow: Math.round((100 * on!) / off!) } }];
}

/** Measures every program; rounds is the number of runs a side. */
export function bench(names: readonly string[], rounds: number, progress: (row: Row) => void): Row[] {
  const go = goroot();
  const dir = mkdtempSync(join(tmpdir(), 'burrow-bench-'));
  try {
    return names.flatMap((program) => {
      const rows =
        program === 'events' ? measureEvents(rounds) : measureProgram(program, sides(program, dir, go), rounds);
      for (const row of rows) progress(row);
      return rows;
    });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The geometric mean of Burrow's ratios to another side, over the programs both have a time for; null without any. */
export function geometricMean(rows: readonly Row[], side: string): number | null {
  const logs: number[] = [];
  for (const { program, unit, figures } of rows) {
    const other = figures[side];
    if (unit === 'ns' && other !== undefined && !scheduling.has(program.split(' ')[0]!))
      logs.push(Math.log(figures.Burrow! / other));
  }
  return logs.length === 0 ? null : Math.exp(logs.reduce((a, b) => a + b, 0) / logs.length);
}

export function main(args: readonly string[]): void {
  const json = args.includes('-json');
  const wanted = args.filter((a) => !a.startsWith('-'));
  const rounds = Number(args.find((a) => a.startsWith('-rounds='))?.slice(8) ?? 3);
  const all = readdirSync(programs).sort();
  const names = wanted.length ? wanted : all;
  if (!json) {
    console.log('| program | native Go | official wasm | Burrow | Burrow / native | Burrow / official |');
    console.log('|---|---|---|---|---|---|');
  }
  const rows = bench(names, rounds, ({ program, unit, figures }) => {
    if (json) return;
    const show = (n: number | undefined) => (n === undefined ? '—' : units[unit](n));
    const b = figures.Burrow!;
    const ratio = (other: number | undefined) => (other === undefined ? '—' : (b / other).toFixed(2));
    const native = figures['native Go'];
    const official = figures['official wasm'];
    console.log(
      `| ${program} | ${show(native)} | ${show(official)} | ${show(b)} | ${ratio(native)} | ${ratio(official)} |`,
    );
  });
  if (json) console.log(JSON.stringify(rows, null, 2));
  else {
    const [native, official] = ['native Go', 'official wasm'].map(
      (side) => geometricMean(rows, side)?.toFixed(2) ?? '—',
    );
    console.log(`| geometric mean of those that compute | | | | ${native} | ${official} |`);
  }
}
