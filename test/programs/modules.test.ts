// Modules: which versions are chosen, where they come from, and what is said when they cannot be had. The proxies are the tests' own.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { zipSync } from 'fflate';
import { goModHash, zipHash } from '../../src/host/node/modzip.ts';
import { serve, TestProxy } from './proxy.testing.ts';
import { command, dir, env, file } from './workspace.testing.ts';

const proxy = new TestProxy(join(dir, 'proxy'));
let caches = 0;
const newCache = (): string => join(dir, `modcache${caches++}`);
const shared = newCache();

// what is in a cache is read-only
after(() => spawnSync('chmod', ['-R', 'u+w', dir]));

const lib = (name: string, text: string): { [file: string]: string } => ({
  [`${name}.go`]: `package ${name}\n\nfunc Name() string { return ${JSON.stringify(text)} }\n`,
});

proxy.publish('ex.com/a', 'v1.0.0', '\ngo 1.17\n\nrequire ex.com/b v1.1.0\n', {
  'a.go': 'package a\n\nimport "ex.com/b"\n\nfunc Name() string { return "a1+" + b.Name() }\n',
  'sub/sub.go': 'package sub\n',
});
proxy.publish('ex.com/b', 'v1.0.0', '\ngo 1.17\n', lib('b', 'b1.0'));
proxy.publish('ex.com/b', 'v1.1.0', '\ngo 1.17\n\nrequire ex.com/deep v1.0.0\n', lib('b', 'b1.1'));
proxy.publish('ex.com/b', 'v1.2.0', '\ngo 1.17\n', lib('b', 'b1.2'));
proxy.publish('ex.com/b', 'v1.3.0-rc.1', '\ngo 1.17\n', lib('b', 'b1.3rc'));
proxy.publish('ex.com/deep', 'v1.0.0', '\ngo 1.17\n', lib('deep', 'deep'));
proxy.publish('ex.com/old', 'v1.0.0', '\nrequire ex.com/b v1.2.0\n', lib('old', 'old'));
proxy.publish('ex.com/a/sub', 'v1.0.0', '\ngo 1.17\n', lib('sub', 'nested'));

const settings = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  ...env,
  GOENV: 'off',
  GOFLAGS: '',
  GOWORK: '',
  GOSUMDB: 'off',
  GOPROXY: `file://${proxy.dir}`,
  GOMODCACHE: shared,
  // programs are compiled again where the module cache is another
  ...(more.GOMODCACHE && { BURROW_CACHE: 'off' }),
  ...more,
});

interface Outcome {
  readonly out: string;
  readonly err: string;
  readonly code: number | null;
}

function burrowIn(folder: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Outcome {
  const r = spawnSync(command, args, {
    cwd: join(dir, folder),
    encoding: 'utf8',
    env: settings(more),
    timeout: 120_000,
  });
  assert.doesNotMatch(r.stderr, /\n {4}at |file:\/\/\/.*\.ts/, 'no JavaScript stack trace');
  return { out: r.stdout, err: r.stderr, code: r.status };
}

/** A module whose program prints what these packages are called. */
function program(folder: string, goMod: string, sum: string, ...imports: string[]): void {
  file(`${folder}/go.mod`, `module ex.com/m\n${goMod}`);
  if (sum) file(`${folder}/go.sum`, sum);
  else rmSync(join(dir, folder, 'go.sum'), { force: true });
  const lines = imports.map((path, i) => `\tp${i} ${JSON.stringify(path)}\n`).join('');
  const calls = imports.map((_, i) => `\tprintln(p${i}.Name())\n`).join('');
  file(`${folder}/m.go`, `package main\n\nimport (\n${lines})\n\nfunc main() {\n${calls}}\n`);
}

const downloads = (r: Outcome): string[] =>
  r.err
    .split('\n')
    .filter((l) => l.startsWith('go: downloading'))
    .sort();
const said = (r: Outcome): string =>
  r.err
    .split('\n')
    .filter((l) => !l.startsWith('go: downloading'))
    .join('\n');

test('hashes are those of the go command', () => {
  assert.equal(
    goModHash(Buffer.from('module github.com/google/uuid\n')),
    'h1:TIyPZe4MgqvfeYDBFedMoGGpEw/LqOeaOT+nhxU+yHo=',
  );
});

test('the oldest version that everybody accepts, fetched when it is imported', () => {
  program(
    'mvs',
    '\ngo 1.17\n\nrequire (\n\tex.com/a v1.0.0\n\tex.com/b v1.2.0\n)\n',
    proxy.sum(),
    'ex.com/a',
    'ex.com/b',
  );
  const r = burrowIn('mvs', ['run', '.']);
  assert.deepEqual(downloads(r), ['go: downloading ex.com/a v1.0.0', 'go: downloading ex.com/b v1.2.0']);
  assert.equal(said(r), 'a1+b1.2\nb1.2\n');
  assert.equal(r.code, 0);
  // from the program cache, and with nothing but the module cache
  assert.equal(burrowIn('mvs', ['run', '.'], { GOPROXY: 'off' }).err, 'a1+b1.2\nb1.2\n');
  assert.equal(burrowIn('mvs', ['vet', '.'], { GOPROXY: 'off' }).code, 0);
  assert.equal(burrowIn('mvs', ['list', '-m', 'all']).out, 'ex.com/m\nex.com/a v1.0.0\nex.com/b v1.2.0\n');
});

test('the graph is pruned from Go 1.17 on, and whole before', () => {
  program('pruned', '\ngo 1.17\n\nrequire ex.com/a v1.0.0\n', proxy.sum(), 'ex.com/deep');
  const update = 'go: updates to go.mod needed; to update it:\n\tgo mod tidy\n';
  assert.match(burrowIn('pruned', ['run', '.']).err, /no required module provides package ex\.com\/deep/);
  program('pruned', '\ngo 1.17\n\nrequire ex.com/a v1.0.0\n', proxy.sum(), 'ex.com/b');
  assert.equal(said(burrowIn('pruned', ['run', '.'])), update);
  program('whole', '\ngo 1.16\n\nrequire ex.com/a v1.0.0\n', proxy.sum(), 'ex.com/deep');
  assert.equal(
    said(burrowIn('whole', ['run', '.'])),
    'package ex.com/m imports ex.com/deep from implicitly required module; to add missing requirements, run:\n\tgo get ex.com/deep@v1.0.0\n',
  );
  assert.deepEqual(burrowIn('whole', ['mod', 'graph']).out.split('\n'), [
    'ex.com/m ex.com/a@v1.0.0',
    'ex.com/m go@1.16',
    'ex.com/a@v1.0.0 ex.com/b@v1.1.0',
    'ex.com/b@v1.1.0 ex.com/deep@v1.0.0',
    '',
  ]);
  // a module that wants more of another than go.mod says
  program('stale', '\ngo 1.17\n\nrequire (\n\tex.com/a v1.0.0\n\tex.com/b v1.0.0\n)\n', proxy.sum(), 'ex.com/a');
  assert.equal(said(burrowIn('stale', ['run', '.'])), update);
  // what is excluded is required by nobody
  const exclude = '\nexclude ex.com/b v1.1.0\n';
  program(
    'stale',
    `\ngo 1.17\n\nrequire (\n\tex.com/a v1.0.0\n\tex.com/b v1.0.0\n)\n${exclude}`,
    proxy.sum(),
    'ex.com/a',
  );
  assert.equal(said(burrowIn('stale', ['run', '.'])), 'a1+b1.0\n');
});

test('replacements by versions, folders and not at all', () => {
  file('local/go.mod', 'module ex.com/whatever\n');
  file('local/b.go', 'package b\n\nfunc Name() string { return "local" }\n');
  const require = '\ngo 1.17\n\nrequire (\n\tex.com/a v1.0.0\n\tex.com/b v1.1.0\n)\n\n';
  program('repl', `${require}replace ex.com/b => ../local\n`, proxy.sum(), 'ex.com/a');
  assert.equal(said(burrowIn('repl', ['run', '.'])), 'a1+local\n');
  assert.match(burrowIn('repl', ['list', '-m', 'all']).out, /^ex\.com\/b v1\.1\.0 => \.\.\/local$/m);
  program('repl', `${require}replace ex.com/b v1.1.0 => ex.com/b v1.0.0\n`, proxy.sum(), 'ex.com/a');
  assert.equal(said(burrowIn('repl', ['run', '.'])), 'a1+b1.0\n');
  program('repl', `${require}replace ex.com/b v1.0.0 => ../local\n`, proxy.sum(), 'ex.com/a');
  assert.equal(said(burrowIn('repl', ['run', '.'])), 'a1+b1.1\n');
  program('repl', `${require}replace ex.com/b => ../nowhere\n`, proxy.sum(), 'ex.com/a');
  assert.match(
    said(burrowIn('repl', ['run', '.'])),
    /ex\.com\/b@v1\.1\.0: replacement directory \.\.\/nowhere does not exist/,
  );
  program('repl', '\ngo 1.17\n\nreplace ex.com/b => ../local\n', '', 'ex.com/b');
  assert.equal(
    burrowIn('repl', ['run', '.']).err,
    'm.go:4:2: module ex.com/b provides package ex.com/b and is replaced but not required; to add it:\n\tgo get ex.com/b\n',
  );
});

test('a package of two modules, and one of none', () => {
  const require = '\ngo 1.17\n\nrequire (\n\tex.com/a v1.0.0\n\tex.com/a/sub v1.0.0\n)\n';
  program('two', require, proxy.sum(), 'ex.com/a/sub');
  const r = burrowIn('two', ['run', '.']);
  assert.equal(
    said(r),
    `m.go:4:2: ambiguous import: found package ex.com/a/sub in multiple modules:\n\tex.com/a v1.0.0 (${shared}/ex.com/a@v1.0.0/sub)\n\tex.com/a/sub v1.0.0 (${shared}/ex.com/a/sub@v1.0.0)\n`,
  );
  assert.equal(r.code, 1);
});

test('workspaces', () => {
  file('ws/go.work', 'go 1.21\n\nuse (\n\t./x\n\t./y\n)\n\nreplace ex.com/b => ex.com/b v1.0.0\n');
  file('ws/x/go.mod', 'module ex.com/x\n\ngo 1.21\n\nrequire ex.com/b v1.1.0\n');
  file(
    'ws/x/x.go',
    'package main\n\nimport (\n\t"ex.com/b"\n\t"ex.com/y"\n)\n\nfunc main() { println(b.Name(), y.Name()) }\n',
  );
  file('ws/y/go.mod', 'module ex.com/y\n\ngo 1.21\n');
  file('ws/y/y.go', 'package y\n\nfunc Name() string { return "y" }\n');
  assert.equal(said(burrowIn('ws/x', ['run', '.'])), 'b1.0 y\n');
  assert.equal(burrowIn('ws', ['list', './...']).out, '');
  assert.equal(burrowIn('ws/y', ['list', 'ex.com/x/...', 'ex.com/y/...']).out, 'ex.com/x\nex.com/y\n');
  assert.match(
    burrowIn('ws/x', ['run', '.'], { GOWORK: 'off' }).err,
    /^x\.go:5:2: ex\.com\/b@v1\.1\.0: missing go\.sum entry for go\.mod file/m,
  );
  file('ws/go.work', 'go 1.20\n\nuse (\n\t./x\n\t./z\n)\n');
  assert.equal(
    burrowIn('ws/x', ['run', '.']).err,
    'go: module . listed in go.work file requires go >= 1.21, but go.work lists go 1.20; to update it:\n\tgo work use\n' +
      'go: cannot load module ../z listed in go.work file: open ../z/go.mod: no such file or directory\n',
  );
  file('ws/go.work', 'go 1.21\n\nuse ./x\nuse ./z\nfrob\n');
  assert.equal(burrowIn('ws', ['run', './x']).err, 'go: errors parsing go.work:\ngo.work:5: unknown directive: frob\n');
  file('ws/go.work', 'go 1.21\n\nuse ./x\nuse ./z\n');
  assert.equal(
    burrowIn('ws', ['run', './x']).err,
    'go: cannot load module z listed in go.work file: open z/go.mod: no such file or directory\n',
  );
});

test('vendor folders', () => {
  program('vend', '\ngo 1.17\n\nrequire ex.com/b v1.1.0\n', '', 'ex.com/b');
  file('vend/vendor/ex.com/b/b.go', 'package b\n\nfunc Name() string { return "vendored" }\n');
  file('vend/vendor/modules.txt', '# ex.com/b v1.1.0\n## explicit; go 1.17\nex.com/b\n');
  assert.equal(burrowIn('vend', ['run', '.']).err, 'vendored\n');
  assert.equal(burrowIn('vend', ['list', '-m', 'all']).code, 1);
  file('vend/go.sum', proxy.sum());
  assert.equal(said(burrowIn('vend', ['run', '-mod=readonly', '.'])), 'b1.1\n');
  assert.equal(said(burrowIn('vend', ['run', '.'], { GOFLAGS: '-mod=mod' })), 'b1.1\n');
  program('vend', '\ngo 1.17\n\nrequire ex.com/b v1.1.0\n', '', 'ex.com/b', 'ex.com/c');
  assert.equal(
    burrowIn('vend', ['run', '.']).err,
    'm.go:5:2: cannot find module providing package ex.com/c: import lookup disabled by -mod=vendor\n\t(Go version in go.mod is at least 1.14 and vendor directory exists.)\n',
  );
  program('vend', '\ngo 1.17\n\nrequire ex.com/b v1.2.0\n', '', 'ex.com/b');
  assert.deepEqual(burrowIn('vend', ['run', '.']), {
    out: '',
    err: `go: inconsistent vendoring in ${join(dir, 'vend')}:
	ex.com/b@v1.2.0: is explicitly required in go.mod, but not marked as explicit in vendor/modules.txt
	ex.com/b@v1.1.0: is marked as explicit in vendor/modules.txt, but not explicitly required in go.mod

	To ignore the vendor directory, use -mod=readonly or -mod=mod.
	To sync the vendor directory, run:
		go mod vendor
`,
    code: 1,
  });
});

test('what go.sum lacks', () => {
  const require = '\ngo 1.17\n\nrequire ex.com/b v1.2.0\n';
  program('nosum', require, '', 'ex.com/b');
  assert.equal(
    burrowIn('nosum', ['run', '.']).err,
    'm.go:4:2: missing go.sum entry for module providing package ex.com/b (imported by ex.com/m); to add:\n\tgo get ex.com/m\n',
  );
  assert.equal(
    burrowIn('nosum', ['list', '-m', 'all']).err,
    'go: ex.com/b@v1.2.0: missing go.sum entry for go.mod file; to add it:\n\tgo mod download ex.com/b\n',
  );
  // -mod=mod adds it
  assert.equal(said(burrowIn('nosum', ['run', '-mod=mod', '.'])), 'b1.2\n');
  assert.equal(readFileSync(join(dir, 'nosum', 'go.sum'), 'utf8'), proxy.sum('ex.com/b@v1.2.0'));
  file('nosum/go.sum', 'ex.com/b v1.2.0\n');
  assert.match(burrowIn('nosum', ['run', '.']).err, /^malformed go\.sum:\n.*go\.sum:1: wrong number of fields 2$/m);
});

test('mod download and mod verify', () => {
  const cache = newCache();
  program('dl', '\ngo 1.17\n\nrequire ex.com/b v1.2.0\n', '', 'ex.com/b');
  assert.deepEqual(burrowIn('dl', ['mod', 'download'], { GOMODCACHE: cache }), { out: '', err: '', code: 0 });
  assert.ok(existsSync(join(cache, 'ex.com', 'b@v1.2.0', 'b.go')));
  assert.equal(readFileSync(join(dir, 'dl', 'go.sum'), 'utf8'), `${proxy.sum('ex.com/b@v1.2.0').split('\n')[1]}\n`);
  const r = burrowIn('dl', ['mod', 'download', '-json', 'ex.com/b@v1.2'], { GOMODCACHE: cache });
  const at = (name: string): string => join(cache, 'cache/download/ex.com/b/@v', name);
  const sums = proxy.sum('ex.com/b@v1.2.0').match(/h1:\S+/g)!;
  assert.deepEqual(JSON.parse(r.out), {
    Path: 'ex.com/b',
    Version: 'v1.2.0',
    Query: 'v1.2',
    Info: at('v1.2.0.info'),
    GoMod: at('v1.2.0.mod'),
    Zip: at('v1.2.0.zip'),
    Dir: join(cache, 'ex.com/b@v1.2.0'),
    Sum: sums[0],
    GoModSum: sums[1],
  });
  const version = (query: string): string =>
    (JSON.parse(burrowIn('dl', ['mod', 'download', '-json', `ex.com/b@${query}`]).out) as { Version: string }).Version;
  assert.deepEqual(['latest', 'v1', '<v1.2.0', '>v1.0.0', 'v1.3.0-rc.1'].map(version), [
    'v1.2.0',
    'v1.2.0',
    'v1.1.0',
    'v1.1.0',
    'v1.3.0-rc.1',
  ]);
  const none = burrowIn('dl', ['mod', 'download', 'ex.com/b@v7', 'ex.com/nothing']);
  assert.match(none.err, /no matching versions for query "v7"/);
  assert.match(none.err, /^go: module ex\.com\/nothing: not a known dependency$/m);
  assert.equal(none.code, 1);
  assert.equal(burrowIn('dl', ['mod', 'verify'], { GOMODCACHE: cache }).out, 'all modules verified\n');
  chmodSync(join(cache, 'ex.com/b@v1.2.0/b.go'), 0o644);
  writeFileSync(join(cache, 'ex.com/b@v1.2.0/b.go'), 'package b\n');
  const changed = burrowIn('dl', ['mod', 'verify'], { GOMODCACHE: cache });
  assert.equal(changed.err, `ex.com/b v1.2.0: dir has been modified (${join(cache, 'ex.com/b@v1.2.0')})\n`);
  assert.equal(changed.code, 1);
});

const securityError = `

SECURITY ERROR
This download does NOT match an earlier download recorded in go.sum.
The bits may have been replaced on the origin server, or an attacker may
have intercepted the download attempt.

For more information, see 'go help module-auth'.
`;

/** The files of a module version in a cache. */
const cached = (cache: string): string[] => {
  const at = join(cache, 'cache/download/ex.com/b/@v');
  return existsSync(at) ? readdirSync(at).sort() : [];
};

test('a go.sum that does not fit, of a module and of a go.mod file', () => {
  const require = '\ngo 1.17\n\nrequire ex.com/b v1.2.0\n';
  const cache = newCache();
  const good = proxy.sum('ex.com/b@v1.2.0');
  const [zip, mod] = good.match(/h1:\S+/g)!;
  program('bad', require, good.replace(zip!, mod!), 'ex.com/b');
  for (let i = 0; i < 2; i++) {
    const r = burrowIn('bad', ['run', '.'], { GOMODCACHE: cache });
    assert.equal(
      said(r),
      `verifying ex.com/b@v1.2.0: checksum mismatch\n\tdownloaded: ${zip}\n\tgo.sum:     ${mod}${securityError}`,
    );
    assert.equal(r.code, 1);
    assert.deepEqual(cached(cache), []);
  }
  program('bad', require, good.replace(mod!, zip!), 'ex.com/b');
  assert.match(
    said(burrowIn('bad', ['run', '.'], { GOMODCACHE: cache })),
    /^verifying ex\.com\/b@v1\.2\.0\/go\.mod: checksum mismatch\n/,
  );
  assert.deepEqual(
    cached(cache).filter((f) => f.endsWith('.mod')),
    [],
  );
});

test('archives that are none, or hold what they must not', () => {
  program('zips', '\ngo 1.17\n\nrequire ex.com/b v1.2.0\n', '', 'ex.com/b');
  const broken = new TestProxy(join(dir, 'broken'));
  const mod = 'module ex.com/b\n';
  broken.put('ex.com/b', 'v1.2.0', 'mod', mod);
  broken.put('ex.com/b', 'v1.2.0', 'info', '{"Version":"v1.2.0"}');
  const outcome = (zip: Uint8Array): string => {
    broken.put('ex.com/b', 'v1.2.0', 'zip', zip);
    const cache = newCache();
    const r = burrowIn('zips', ['run', '-mod=mod', '.'], { GOMODCACHE: cache, GOPROXY: `file://${broken.dir}` });
    assert.equal(r.code, 1);
    assert.ok(!existsSync(join(cache, 'ex.com', 'b@v1.2.0')), 'nothing is unpacked');
    assert.deepEqual(existsSync(join(cache, 'ex.com')) ? readdirSync(join(cache, 'ex.com')) : [], []);
    assert.ok(!existsSync(join(dir, 'evil.go')));
    return said(r).replaceAll(cache, 'CACHE');
  };
  const tree = (files: { readonly [name: string]: string }): Uint8Array =>
    zipSync(Object.fromEntries(Object.entries(files).map(([n, t]) => [n, Buffer.from(t)])));
  const whole = tree({ 'ex.com/b@v1.2.0/b.go': `package b\n// ${'x'.repeat(5000)}\n` });
  assert.match(outcome(whole.subarray(0, whole.length - 30)), /^m\.go:4:2: zip: not a valid zip file\n$/);
  assert.match(outcome(Buffer.from('no archive')), /zip: not a valid zip file/);
  const flipped = Buffer.from(whole);
  flipped[60] = flipped[60]! ^ 0xff;
  assert.match(
    outcome(flipped),
    /ex\.com\/b@v1\.2\.0\/b\.go: (flate: corrupt input|zip: checksum error|unexpected EOF)/,
  );
  assert.match(
    outcome(tree({ 'ex.com/c@v1.2.0/b.go': '' })),
    /zip for ex\.com\/b@v1\.2\.0 has unexpected file ex\.com\/c@v1\.2\.0\/b\.go/,
  );
  assert.match(
    outcome(tree({ 'ex.com/b@v1.2.0/../../../evil.go': 'package evil\n', 'ex.com/b@v1.2.0/b.go': 'package b\n' })),
    /unzip CACHE\/cache\/download\/ex\.com\/b\/@v\/v1\.2\.0\.zip: ex\.com\/b@v1\.2\.0\/\.\.\/\.\.\/\.\.\/evil\.go: file path is not clean/,
  );
  assert.match(
    outcome(tree({ 'ex.com/b@v1.2.0/b.go': 'package b\n', 'ex.com/b@v1.2.0/B.go': 'package b\n' })),
    /case-insensitive file name collision: "b\.go" and "B\.go"/,
  );
  assert.match(outcome(tree({ 'ex.com/b@v1.2.0/x/go.mod': mod })), /go\.mod file not in module root directory/);
  assert.match(outcome(tree({ 'ex.com/b@v1.2.0/a:b.go': '' })), /malformed file path "a:b\.go": invalid char ':'/);
  assert.match(
    outcome(tree({ 'ex.com/b@v1.2.0/con.go': '' })),
    /"con" disallowed as path element component on Windows/,
  );
});

test('proxies that do not have it, or cannot be asked', async () => {
  const require = '\ngo 1.17\n\nrequire ex.com/b v1.2.0\n';
  program('net', require, proxy.sum('ex.com/b@v1.2.0'), 'ex.com/b');
  let mode: 'gone' | 'broken' | 'cut' | 'ok' = 'gone';
  const server = await serve(proxy.dir, (path) => {
    if (mode === 'gone') return { status: 410, body: 'gone for good' };
    if (mode === 'broken') return { status: 500, body: 'try later' };
    return mode === 'cut' && path.endsWith('.zip') ? 'cut' : null;
  });
  const run = (goproxy: string, cache = newCache()): Promise<{ text: string; code: number | null; cache: string }> =>
    new Promise((resolve) => {
      const child = spawn(command, ['run', '.'], {
        cwd: join(dir, 'net'),
        env: settings({ GOPROXY: goproxy, GOMODCACHE: cache }),
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let text = '';
      child.stderr.on('data', (d) => {
        text += d;
      });
      child.on('close', (code) => {
        const err = text
          .split('\n')
          .filter((l) => !l.startsWith('go: downloading'))
          .join('\n');
        resolve({ text: err.replaceAll(server.url, 'URL'), code, cache });
      });
    });
  try {
    const local = `file://${proxy.dir}`;
    const zip = 'ex.com/b/@v/v1.2.0.zip';
    let r = await run(server.url);
    assert.equal(r.text, `m.go:4:2: ex.com/b@v1.2.0: reading URL/${zip}: 410 Gone\n\tserver response: gone for good\n`);
    assert.equal(r.code, 1);
    assert.equal((await run(`${server.url},${local}`)).text, 'b1.2\n');
    r = await run(`${server.url},direct`);
    assert.match(r.text, /410 Gone\n\tserver response: gone for good\n\tBurrow fetches modules from proxies only/);
    mode = 'broken';
    r = await run(`${server.url},${local}`);
    assert.match(r.text, /500 Internal Server Error\n\tserver response: try later\n$/);
    assert.equal((await run(`${server.url}|${local}`)).text, 'b1.2\n');
    mode = 'cut';
    r = await run(server.url);
    assert.match(r.text, /^m\.go:4:2: ex\.com\/b@v1\.2\.0: Get "URL\/ex\.com\/b\/@v\/v1\.2\.0\.zip": /);
    assert.deepEqual(cached(r.cache), []);
    mode = 'ok';
    // the same cache serves after the interruption
    assert.equal((await run(server.url, r.cache)).text, 'b1.2\n');
    assert.deepEqual(cached(r.cache), ['v1.2.0.mod', 'v1.2.0.zip', 'v1.2.0.ziphash']);
    // two at once fetch it once
    server.asked.length = 0;
    const cache = newCache();
    const both = await Promise.all([run(server.url, cache), run(server.url, cache)]);
    assert.deepEqual(
      both.map((b) => b.text),
      ['b1.2\n', 'b1.2\n'],
    );
    assert.equal(server.asked.filter((p) => p.endsWith('.zip')).length, 1);
    assert.deepEqual(cached(cache), ['v1.2.0.mod', 'v1.2.0.zip', 'v1.2.0.ziphash']);
  } finally {
    server.close();
  }
  // nobody listens there any more
  assert.match(
    (await run(server.url)).text,
    /ex\.com\/b@v1\.2\.0: Get "URL\/\S+": .*(ECONNREFUSED|connection refused)/,
  );
  assert.equal((await run('off')).text, 'm.go:4:2: ex.com/b@v1.2.0: module lookup disabled by GOPROXY=off\n');
  assert.match((await run('direct')).text, /ex\.com\/b@v1\.2\.0: Burrow fetches modules from proxies only/);
  assert.match((await run('gopher://x')).text, /invalid proxy URL scheme \(must be https, http, file\): gopher:\/\/x/);
});

test('a cache that cannot be written', () => {
  program('ro', '\ngo 1.17\n\nrequire ex.com/b v1.2.0\n', proxy.sum('ex.com/b@v1.2.0'), 'ex.com/b');
  file('plain', 'no folder');
  const r = burrowIn('ro', ['run', '.'], { GOMODCACHE: join(dir, 'plain') });
  assert.match(
    said(r),
    /^m\.go:4:2: ex\.com\/b@v1\.2\.0: cannot write the module cache in \S+plain: E\w+: .*; set GOMODCACHE to a folder that can be written\n$/,
  );
  assert.equal(r.code, 1);
});

test('what the go command has not finished unpacking counts for nothing', () => {
  program('part', '\ngo 1.17\n\nrequire ex.com/b v1.2.0\n', proxy.sum('ex.com/b@v1.2.0'), 'ex.com/b');
  const cache = newCache();
  assert.equal(burrowIn('part', ['mod', 'download'], { GOMODCACHE: cache }).code, 0);
  const half = join(cache, 'ex.com/b@v1.2.0');
  chmodSync(half, 0o755);
  rmSync(join(half, 'b.go'));
  writeFileSync(join(cache, 'cache/download/ex.com/b/@v/v1.2.0.partial'), '');
  assert.equal(said(burrowIn('part', ['run', '.'], { GOMODCACHE: cache, GOPROXY: 'off' })), 'b1.2\n');
  assert.ok(!cached(cache).includes('v1.2.0.partial'));
});

test("where Go never was, the cache is Burrow's own", () => {
  program('own', '\ngo 1.17\n\nrequire ex.com/b v1.2.0\n', proxy.sum('ex.com/b@v1.2.0'), 'ex.com/b');
  mkdirSync(join(dir, 'home'), { recursive: true });
  const home = { HOME: join(dir, 'home'), GOMODCACHE: '', GOPATH: '' };
  assert.equal(said(burrowIn('own', ['run', '.'], home)), 'b1.2\n');
  assert.ok(existsSync(join(dir, 'cache/mod/ex.com/b@v1.2.0/b.go')));
});

test('hashes of an archive come from its contents', () => {
  const a = Buffer.from(zipSync({ 'm@v1/a': Buffer.from('1'), 'm@v1/b': Buffer.from('2') }, { level: 0 }));
  const b = Buffer.from(zipSync({ 'm@v1/b': Buffer.from('2'), 'm@v1/a': Buffer.from('1') }, { level: 9 }));
  assert.equal(zipHash(a), zipHash(b));
});
