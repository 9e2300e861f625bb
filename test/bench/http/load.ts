// `npm run bench -- http`: an HTTP server under load from a second process: 200 connections, 100,000 requests, over the loopback.
//
// The server runs in Burrow and under native Go, in turn, several rounds; the client is native, or Burrow's where no Go is installed. Printed are requests
// a second (the median), errors, and the server's goroutines before the load and once its connections are gone. Guarantees: ends within minutes, and no
// server outlives it; an error or a goroutine too many makes it fail.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..');

export interface Load {
  readonly server: string;
  readonly perSecond: number;
  readonly errors: number;
  readonly before: number;
  readonly after: number;
}

function build(command: string, args: readonly string[]): boolean {
  const r = spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, GOFLAGS: '-buildvcs=false' } });
  if (r.error) return false;
  if (r.status !== 0) throw new Error(`${command} ${args.join(' ')}\n${r.stderr}${r.stdout}`);
  return true;
}

/** The first line a process writes. */
function firstLine(p: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const late = setTimeout(() => reject(new Error('the server says no address within a minute')), 60_000);
    p.stdout!.on('data', (d: Buffer) => {
      text += d;
      if (!text.includes('\n')) return;
      clearTimeout(late);
      resolve(text.slice(0, text.indexOf('\n')));
    });
    p.on('exit', (code) => reject(new Error(`the server ended early: exit ${code}`)));
  });
}

async function measure(name: string, server: string, client: string, flags: readonly string[]): Promise<Load> {
  const p = spawn(server, [], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const addr = await firstLine(p);
    const r = spawnSync(client, ['-addr', addr, ...flags], { encoding: 'utf8', timeout: 180_000 });
    const m = /^requests (\d+) errors (\d+) ns (\d+) before (\d+) after (\d+)$/m.exec(r.stdout);
    if (!m) throw new Error(`${name}: the client says: ${r.stdout}${r.stderr}`);
    const [requests, errors, ns, before, after] = m.slice(1).map(Number) as [number, number, number, number, number];
    return { server: name, perSecond: Math.round(requests / (ns / 1e9)), errors, before, after };
  } finally {
    p.kill();
  }
}

/** Runs the load; flags go to the client. native: beside native Go, where that is. */
export async function load(rounds: number, native: boolean, flags: readonly string[] = []): Promise<Load[]> {
  const dir = mkdtempSync(join(tmpdir(), 'burrow-load-'));
  const source = (name: string): string => join(import.meta.dirname, name, 'main.go');
  const burrow = join(root, 'bin', 'burrow');
  try {
    const servers: [string, string][] = [['Burrow', join(dir, 'burrow-server')]];
    build(burrow, ['build', '-o', servers[0]![1], source('server')]);
    let client = join(dir, 'client');
    if (native && build('go', ['build', '-o', client, source('client')])) {
      servers.unshift(['native Go', join(dir, 'server')]);
      build('go', ['build', '-o', servers[0]![1], source('server')]);
    } else {
      client = join(dir, 'burrow-client');
      build(burrow, ['build', '-o', client, source('client')]);
    }
    const all: Load[] = [];
    for (let i = 0; i < rounds; i++)
      for (const [name, path] of servers) all.push(await measure(name, path, client, flags));
    return servers.map(([name]) => {
      const mine = all.filter((l) => l.server === name).sort((a, b) => a.perSecond - b.perSecond);
      const most = (f: (l: Load) => number): number => Math.max(...mine.map(f));
      return {
        server: name,
        perSecond: mine[mine.length >> 1]!.perSecond,
        errors: most((l) => l.errors),
        before: most((l) => l.before),
        after: most((l) => l.after),
      };
    });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

export async function main(rounds: number): Promise<void> {
  const results = await load(rounds, true);
  console.log('| server | requests a second | errors | goroutines before | after |');
  console.log('|---|---|---|---|---|');
  for (const l of results) console.log(`| ${l.server} | ${l.perSecond} | ${l.errors} | ${l.before} | ${l.after} |`);
  if (results.some((l) => l.errors > 0 || l.after > l.before)) process.exitCode = 1;
}
