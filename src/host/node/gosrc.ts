// Fetches the Go sources where no Go is installed: from the Go module proxy, from Debian, or from Go's download site, whichever answers first in this order.
//
// Guarantees: what is fetched is checked (the module by its go.sum hash, Debian's package by apt against its signed lists, the archive by the
// site's own SHA-256 list), unpacked beside its place and renamed into it, so that an interrupted fetch leaves nothing that is mistaken for
// sources. A source that does not answer is passed over; when none does, the error says why for each.
// Source: golang.org/ref/mod, "GOPROXY protocol" and "Module zip files"; golang.org/x/mod/sumdb/dirhash for h1.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { download } from './download.ts';
import { GoEnv, proxyList } from './goenv.ts';
import { fetchedGoroot, goVersion, release } from './goroot.ts';
import { zipHash } from './modzip.ts';
import { zipContent, zipEntries } from './ziparchive.ts';

/** of the release's module, as in go.sum */
const moduleHash = 'h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM=';
const moduleVersion = `v0.0.1-${release}.linux-amd64`;
const debianPackage = 'golang-1.26-src';

const debianKeys = '/usr/share/keyrings/debian-archive-keyring.gpg';

const maxBytes = 400 << 20;
/** a temporary folder this old belongs to a fetch that has died */
const deadAfter = 3_600_000;

export class FetchError extends Error {}

export type Origin = 'proxy' | 'debian' | 'site list' | 'site';

export interface FetchOptions {
  /** Burrow's cache folder, which is there */
  readonly cache: string;
  readonly env: NodeJS.ProcessEnv;
  /** told what is being fetched from where, and how many megabytes of how many have come; 0: unknown */
  readonly say: (from: Origin, mb: number, total: number) => void;
  /** the download site */
  readonly site?: string;
}

/** Fetches the sources into the cache and returns their folder. Throws FetchError. */
export async function fetchGoroot(o: FetchOptions): Promise<string> {
  const target = fetchedGoroot(o.cache);
  const parent = dirname(target);
  const why: string[] = [];
  try {
    mkdirSync(parent, { recursive: true });
    sweep(parent);
  } catch (e) {
    throw new FetchError(`the cache folder cannot be used: ${(e as Error).message}`);
  }
  const attempt = async (name: string, f: (dir: string) => Promise<string>): Promise<boolean> => {
    const dir = mkdtempSync(join(parent, 'fetch-'));
    try {
      const root = await f(dir);
      if (!goVersion(root)) throw new Error('it does not hold Go 1.26');
      try {
        renameSync(root, target);
      } catch (e) {
        // somebody else has fetched them meanwhile
        if (!goVersion(target)) throw e;
      }
      return true;
    } catch (e) {
      why.push(`${name}: ${message(e)}`);
      return false;
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  };
  for (const proxy of proxies(o.env))
    if (await attempt(`module proxy (${proxy})`, (dir) => fromProxy(proxy, dir, o))) return target;
  if (await attempt(`Debian's ${debianPackage}`, (dir) => fromDebian(dir, o))) return target;
  if (await attempt('Go download site', (dir) => fromSite(dir, o))) return target;
  throw new FetchError(why.join('\n'));
}

function message(e: unknown): string {
  const { message: text, cause } = e as Error & { cause?: { message?: string; code?: string } };
  return cause ? `${text} (${cause.code ?? cause.message})` : text;
}

/** Removes what fetches that died have left. */
function sweep(parent: string): void {
  for (const name of readdirSync(parent)) {
    const path = join(parent, name);
    if (name.startsWith('fetch-') && Date.now() - statSync(path).mtimeMs > deadAfter)
      rmSync(path, { recursive: true, force: true });
  }
}

/** The proxies that GOPROXY names, in the environment or in the go command's own settings. */
export function proxies(env: NodeJS.ProcessEnv): string[] {
  return proxyList(new GoEnv(env).get('GOPROXY'))
    .map((p) => p.url)
    .filter((url) => /^https?:\/\//.test(url));
}

/** What is behind an address, with progress. */
function fetchShown(url: string, from: Origin, o: FetchOptions): Promise<Uint8Array> {
  let shown = -1;
  return download(url, {
    limit: maxBytes,
    progress: (got, total) => {
      const mb = got >> 20;
      if (mb !== shown) o.say(from, mb, total >> 20);
      shown = mb;
    },
  });
}

/** The parts of a Go tree that Burrow reads. */
const wanted = /^(src|test|lib\/time)\/|^VERSION$/;

async function fromProxy(proxy: string, dir: string, o: FetchOptions): Promise<string> {
  const url = `${proxy}/golang.org/toolchain/@v/${moduleVersion}.zip`;
  const zip = Buffer.from(await fetchShown(url, 'proxy', o));
  const hash = zipHash(zip);
  if (hash !== moduleHash) throw new Error(`its hash is ${hash}, not ${moduleHash}`);
  const prefix = `golang.org/toolchain@${moduleVersion}/`;
  const root = join(dir, 'go');
  for (const e of zipEntries(zip)) {
    const path = e.name.slice(prefix.length);
    if (!e.name.startsWith(prefix) || e.name.endsWith('/') || !wanted.test(path)) continue;
    // module files inside a module are kept under another name
    put(join(root, path.replace(/(^|\/)_go\.mod$/, '$1go.mod')), zipContent(zip, e));
  }
  return root;
}

function put(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

function command(name: string, args: readonly string[], cwd: string): string {
  const r = spawnSync(name, args, { cwd, encoding: 'utf8', timeout: 600_000 });
  if (r.error) throw new Error(`${name}: ${r.error.message}`);
  if (r.status !== 0) throw new Error(`${name}: ${(r.stderr || r.stdout).trim().split('\n').pop()}`);
  return r.stdout;
}

async function fromDebian(dir: string, o: FetchOptions): Promise<string> {
  if (spawnSync('apt-get', ['--version']).error) throw new Error('there is no apt-get here');
  o.say('debian', 0, 0);
  try {
    command('apt-get', ['download', debianPackage], dir);
  } catch {
    // not in the suites this machine uses: look in the backports of the same mirrors
    command('apt-get', [...backports(dir), 'update'], dir);
    command('apt-get', [...backports(dir), 'download', debianPackage], dir);
  }
  const deb = readdirSync(dir).find((f) => f.endsWith('.deb'));
  if (!deb) throw new Error('apt-get downloaded nothing');
  command('dpkg-deb', ['-x', deb, 'tree'], dir);
  return join(dir, 'tree', 'usr', 'share', 'go-1.26');
}

/** Options that have apt use the backports suite of the mirrors it is set up with, and folders of our own. */
function backports(dir: string): string[] {
  const suite = /^VERSION_CODENAME=(\w+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  if (!suite) throw new Error('this system does not say which Debian it is');
  const list = join(dir, 'sources.list');
  const uris = command('apt-get', ['indextargets', '--format', '$(REPO_URI)'], dir);
  const signed = existsSync(debianKeys) ? `[signed-by=${debianKeys}] ` : '';
  const lines = new Set<string>();
  for (const line of uris.split('\n')) {
    const uri = line.trim();
    if (uri && !uri.includes('security')) lines.add(`deb ${signed}${uri} ${suite}-backports main`);
  }
  if (lines.size === 0) throw new Error('apt has no package mirrors set up');
  writeFileSync(list, `${[...lines].join('\n')}\n`);
  for (const d of ['lists/partial', 'archives/partial']) mkdirSync(join(dir, d), { recursive: true });
  return [
    `-oDir::Etc::SourceList=${list}`,
    '-oDir::Etc::SourceParts=/dev/null',
    `-oDir::State::Lists=${join(dir, 'lists')}`,
    `-oDir::Cache::Archives=${join(dir, 'archives')}`,
    `-oDir::Cache=${dir}`,
  ];
}

interface Listed {
  readonly version: string;
  readonly files: readonly { readonly filename: string; readonly kind: string; readonly sha256: string }[];
}

async function fromSite(dir: string, o: FetchOptions): Promise<string> {
  const site = o.site ?? 'https://go.dev/dl';
  const list = JSON.parse(
    Buffer.from(await fetchShown(`${site}/?mode=json&include=all`, 'site list', o)).toString(),
  ) as Listed[];
  const of = (v: string) => list.find((r) => r.version === v);
  const found = of(release) ?? list.find((r) => /^go1\.26(\.\d+)?$/.test(r.version));
  const file = found?.files.find((f) => f.kind === 'source');
  if (!found || !file) throw new Error('it lists no sources of Go 1.26');
  const archive = await fetchShown(`${site}/${file.filename}`, 'site', o);
  const sum = createHash('sha256').update(archive).digest('hex');
  if (sum !== file.sha256) throw new Error(`the SHA-256 of ${file.filename} is ${sum}, not ${file.sha256}`);
  const path = join(dir, 'go.tar.gz');
  writeFileSync(path, archive);
  const { extract } = await import('tar');
  await extract({ file: path, cwd: dir, filter: (p) => wanted.test(p.replace(/^go\//, '')) });
  return join(dir, 'go');
}
