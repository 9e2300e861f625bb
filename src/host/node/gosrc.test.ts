// Fetching of the Go sources, against a server and an apt-get of the test's own.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { zipSync } from 'fflate';
import { create } from 'tar';
import { fetchedGoroot, findGoroot } from './goroot.ts';
import { FetchError, fetchGoroot, proxies } from './gosrc.ts';

const dir = mkdtempSync(join(tmpdir(), 'burrow-gosrc-'));
let server: Server;
let base = '';
/** what the server answers, by path; undefined: 404 */
const answers = new Map<string, Uint8Array | 'cut'>();

before(async () => {
  server = createServer((req, res) => {
    const body = answers.get(decodeURIComponent(req.url!.split('?', 1)[0]!));
    if (body === undefined) res.writeHead(404).end();
    else if (body === 'cut') {
      res.writeHead(200, { 'content-length': '1000' });
      res.write('half');
      setTimeout(() => res.destroy(), 50);
    } else res.end(body);
  });
  await new Promise<void>((ok) => server.listen(0, '127.0.0.1', ok));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.close();
  rmSync(dir, { recursive: true, force: true });
});

const oldPath = process.env.PATH;
/** An empty cache, and a PATH with this apt-get only. */
function fresh(aptGet: string): string {
  const d = mkdtempSync(join(dir, 'case-'));
  writeFileSync(join(d, 'apt-get'), `#!/bin/sh\n${aptGet}\n`);
  chmodSync(join(d, 'apt-get'), 0o755);
  process.env.PATH = `${d}:/usr/bin:/bin`;
  return d;
}
after(() => {
  process.env.PATH = oldPath;
});
const options = (cache: string) => ({
  cache,
  env: { GOPROXY: `${base}/proxy,direct`, HOME: dir },
  say: () => {},
  site: `${base}/dl`,
});
const zipPath = '/proxy/golang.org/toolchain/@v/v0.0.1-go1.26.8.linux-amd64.zip';

async function archive(version: string): Promise<Uint8Array> {
  const d = mkdtempSync(join(dir, 'src-'));
  mkdirSync(join(d, 'go', 'src', 'fmt'), { recursive: true });
  writeFileSync(join(d, 'go', 'VERSION'), `${version}\n`);
  writeFileSync(join(d, 'go', 'src', 'fmt', 'print.go'), 'package fmt\n');
  writeFileSync(join(d, 'go', 'README'), 'not wanted');
  await create({ gzip: true, file: join(d, 'go.tgz'), cwd: d }, ['go']);
  return readFileSync(join(d, 'go.tgz'));
}

test('every source that fails is named with its reason, and nothing stays behind', async () => {
  const cache = fresh('echo "E: no such package" >&2; exit 100');
  answers.clear();
  answers.set(
    zipPath,
    zipSync({ 'golang.org/toolchain@v0.0.1-go1.26.8.linux-amd64/VERSION': Buffer.from('go1.26.8\n') }),
  );
  await assert.rejects(fetchGoroot(options(cache)), (e: Error) => {
    assert.ok(e instanceof FetchError);
    assert.match(e.message, /module proxy .*: its hash is h1:\S+, not h1:/);
    assert.match(e.message, /Debian's golang-1\.26-src: apt-get: E: no such package/);
    assert.match(e.message, /Go download site: .*404 Not Found/);
    return true;
  });
  assert.deepEqual(readdirSync(join(cache, 'go')), []);
});

test('a transfer that is cut off is passed over; the download site is checked by its list', async () => {
  const cache = fresh('exit 100');
  const tgz = await archive('go1.26.9');
  const sha256 = createHash('sha256').update(tgz).digest('hex');
  const listing = (sum: string) =>
    Buffer.from(
      JSON.stringify([
        { version: 'go1.26.9', files: [{ filename: 'go1.26.9.src.tar.gz', kind: 'source', sha256: sum }] },
      ]),
    );
  answers.clear();
  answers.set(zipPath, 'cut');
  answers.set('/dl/go1.26.9.src.tar.gz', tgz);
  answers.set('/dl/', listing('0'.repeat(64)));
  await assert.rejects(fetchGoroot(options(cache)), /the SHA-256 of go1\.26\.9\.src\.tar\.gz is/);
  answers.set('/dl/', listing(sha256));
  const root = await fetchGoroot(options(cache));
  assert.equal(root, fetchedGoroot(cache));
  assert.equal(readFileSync(join(root, 'src', 'fmt', 'print.go'), 'utf8'), 'package fmt\n');
  assert.ok(!existsSync(join(root, 'README')));
  assert.deepEqual(readdirSync(join(cache, 'go')), ['go1.26.8']);
  // from now on without a network
  assert.equal(findGoroot({ PATH: cache }, root), root);
});

test('a release other than 1.26 is refused, and folders of dead fetches go', async () => {
  const cache = fresh('exit 100');
  const tgz = await archive('go1.25.1');
  answers.clear();
  answers.set('/dl/go.tgz', tgz);
  const sha256 = createHash('sha256').update(tgz).digest('hex');
  answers.set(
    '/dl/',
    Buffer.from(JSON.stringify([{ version: 'go1.26.1', files: [{ filename: 'go.tgz', kind: 'source', sha256 }] }])),
  );
  const dead = join(cache, 'go', 'fetch-dead');
  mkdirSync(dead, { recursive: true });
  utimesSync(dead, 1, 1);
  await assert.rejects(fetchGoroot(options(cache)), /it does not hold Go 1\.26/);
  assert.deepEqual(readdirSync(join(cache, 'go')), []);
});

test('proxies are those of GOPROXY, of the go command, or the public one', () => {
  assert.deepEqual(proxies({ GOPROXY: 'https://a.example/x/,http://b.example|direct,https://c.example' }), [
    'https://a.example/x',
    'http://b.example',
  ]);
  assert.deepEqual(proxies({ GOPROXY: 'off' }), []);
  const file = join(dir, 'goenv');
  writeFileSync(file, 'GOFLAGS=\nGOPROXY=https://c.example\n');
  assert.deepEqual(proxies({ GOENV: file }), ['https://c.example']);
  assert.deepEqual(proxies({ GOENV: join(dir, 'none') }), ['https://proxy.golang.org']);
});
