// The command built from its sources: when that is done again, and what if it cannot be. In a checkout of its own.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { root } from '../../scripts/root.ts';
import { dir, env } from './workspace.testing.ts';

const checkout = join(dir, 'checkout');
const builds = join(checkout, 'build', 'command');
const texts = join(checkout, 'src', 'cli', 'texts.ts');

before(() => {
  mkdirSync(join(checkout, 'build'), { recursive: true });
  for (const name of ['bin', 'src', 'scripts', 'package.json', 'package-lock.json', join('build', 'runtime.wasm')])
    cpSync(join(root, name), join(checkout, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
});

async function output(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout!.on('data', (d: Buffer) => {
    text += d.toString();
  });
  await new Promise((resolve) => child.on('close', resolve));
  return text;
}

const start = (args: readonly string[] = ['version']): Promise<string> =>
  output(
    spawn(join(checkout, 'bin', 'burrow'), args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
const current = (): string => readFileSync(join(builds, 'current'), 'utf8').split('\n')[1]!;
const built = (): string[] => readdirSync(builds).filter((n) => n !== 'current');

test('two that start at once build the command once, whole', async () => {
  const said = await Promise.all([start(), start()]);
  for (const text of said) assert.match(text, /^burrow version \S+ go1\.26\S* wasip1\/wasm\n$/);
  assert.deepEqual(built(), [current()]);
});

test('a source that changes is seen, one that is only newer changes nothing', async () => {
  const first = current();
  utimesSync(texts, new Date(), new Date());
  await start();
  assert.equal(current(), first);
  writeFileSync(texts, readFileSync(texts, 'utf8').replace('burrow version ', 'burrow changed '));
  assert.match(await start(), /^burrow changed /);
  assert.notEqual(current(), first);
  const f = join(dir, 'started.go');
  writeFileSync(f, 'package main\n\nimport "os"\n\nfunc main() { os.Stdout.WriteString("ran\\n") }\n');
  assert.equal(await start(['run', f]), 'ran\n');
  // The thread for the program is there before the command knows that its build is old.
  writeFileSync(texts, readFileSync(texts, 'utf8').replace('burrow changed ', 'burrow version '));
  assert.equal(await start(['run', f]), 'ran\n');
  assert.equal(current(), first);
});

test('a damaged build is mended; where none can be made, the sources run', async () => {
  const thread = join(builds, current(), 'mworker.cjs');
  rmSync(thread);
  utimesSync(texts, new Date(), new Date());
  assert.equal(await start(['run', join(dir, 'started.go')]), 'ran\n');
  assert.ok(existsSync(thread));
  rmSync(builds, { recursive: true });
  writeFileSync(builds, '');
  assert.match(await start(), /^burrow version /);
});
