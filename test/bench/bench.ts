// `npm run bench`: the programs of test/bench/programs under native Go, official Go wasm and Burrow, in one run, as ratios.
//
// Each program times its own work and prints `ns N check C` on standard error; C must be the same everywhere. The three
// sides of a program run in turn, several rounds, and the medians are compared, so that a machine that changes speed
// changes all of them. Without a Go toolchain only Burrow's column is filled.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
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
  ns: { [side: string]: number };
}

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
    const wasm = join(dir, `${program}.wasm`);
    build(['go', 'build', '-o', native, join(source, 'main.go')], { GOFLAGS: '-buildvcs=false' });
    build(['go', 'build', '-o', wasm, join(source, 'main.go')], {
      GOOS: 'js',
      GOARCH: 'wasm',
      GOFLAGS: '-buildvcs=false',
    });
    out.push({ name: 'native Go', command: [native] });
    const exec = join(go, 'lib', 'wasm', 'wasm_exec_node.js');
    if (existsSync(exec))
      out.push({ name: 'official wasm', command: [process.execPath, '--stack-size=8192', exec, wasm] });
  }
  const burrow = join(dir, `${program}-burrow`);
  build([join(root, 'bin', 'burrow'), 'build', '-o', burrow, join(source, 'main.go')], {});
  out.push({ name: 'Burrow', command: [burrow] });
  return out;
}

function time(side: Side): { ns: number; check: string } {
  const r = spawnSync(side.command[0]!, side.command.slice(1), { encoding: 'utf8', timeout: 180_000 });
  const m = /ns (\d+) check (-?\d+)/.exec(r.stderr + r.stdout);
  if (r.status !== 0 || !m) throw new Error(`${side.command.join(' ')}: exit ${r.status}\n${r.stderr}${r.stdout}`);
  return { ns: Number(m[1]), check: m[2]! };
}

const median = (xs: number[]) => xs.sort((a, b) => a - b)[xs.length >> 1]!;

/** Measures every program; rounds is the number of runs a side. */
export function bench(names: readonly string[], rounds: number, progress: (row: Row) => void): Row[] {
  const go = goroot();
  const dir = mkdtempSync(join(tmpdir(), 'burrow-bench-'));
  try {
    return names.map((program) => {
      const all = sides(program, dir, go);
      const samples = new Map(all.map((s) => [s.name, [] as number[]]));
      const checks = new Set<string>();
      for (let i = 0; i < rounds; i++) {
        for (const side of all) {
          const { ns, check } = time(side);
          samples.get(side.name)!.push(ns);
          checks.add(check);
        }
      }
      if (checks.size !== 1) throw new Error(`${program}: the sides disagree: ${[...checks].join(', ')}`);
      const row: Row = { program, ns: Object.fromEntries([...samples].map(([name, xs]) => [name, median(xs)])) };
      progress(row);
      return row;
    });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const format = (ns: number | undefined) =>
  ns === undefined ? '—' : ns >= 1e6 ? `${(ns / 1e6).toFixed(0)} ms` : `${ns} ns`;

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
  const rows = bench(names, rounds, ({ program, ns }) => {
    if (json) return;
    const b = ns.Burrow!;
    const ratio = (other: number | undefined) => (other === undefined ? '—' : (b / other).toFixed(2));
    console.log(
      `| ${program} | ${format(ns['native Go'])} | ${format(ns['official wasm'])} | ${format(b)} | ${ratio(ns['native Go'])} | ${ratio(ns['official wasm'])} |`,
    );
  });
  if (json) console.log(JSON.stringify(rows, null, 2));
}
