// Modules by version: from the module cache, or else fetched into it from the proxies that GOPROXY names.
//
// Guarantees: what is handed out has one of the hashes that go.sum has for it or, where it has none, is vouched for by the checksum
// database, unless the settings say that it need not be. What does not fit is not put into the cache.
// Source: "Go Modules Reference", GOPROXY protocol, authenticating modules; messages of the go command.

import type { Version } from '../../load/gomod.ts';
import { ModError } from '../../load/gomodsyntax.ts';
import { goModOf } from '../../load/gosum.ts';
import { versionName } from '../../load/modgraph.ts';
import type { GoModFile, ModuleFolder, Unavailable } from '../../load/source.ts';
import { DownloadError, download } from './download.ts';
import { type GoEnv, type ModuleProxy, proxyList } from './goenv.ts';
import { escapePath, ModuleCache } from './modcache.ts';
import { checkPrefix, goModHash, maxGoMod, maxZipFile, unpackModule, zipHash } from './modzip.ts';
import { SumDatabase } from './sumdb.ts';
import { ZipError } from './ziparchive.ts';

/** What only Burrow says. */
export interface StoreTexts {
  /** a module would have to be fetched from its version control system */
  readonly noVersionControl: (module: string) => string;
  /** a file of the cache cannot be written */
  readonly cacheUnwritable: (dir: string, why: string) => string;
}

export interface StoreOptions {
  readonly env: GoEnv;
  readonly root: string;
  readonly texts: StoreTexts;
  /** told of each module before its archive is fetched */
  readonly downloading: (m: Version) => void;
  /** told of each address before it is asked for */
  readonly asking?: (url: string) => void;
}

const maxInfo = 1 << 20;
const maxList = 64 << 20;

const mismatch = `

SECURITY ERROR
This download does NOT match an earlier download recorded in go.sum.
The bits may have been replaced on the origin server, or an attacker may
have intercepted the download attempt.

For more information, see 'go help module-auth'.`;

/** Throws a ModError if none of the hashes that go.sum has is that one; false: it has none. */
export function matchesSums(m: Version, sum: string, sums: readonly string[]): boolean {
  if (sums.includes(sum)) return true;
  const other = sums.find((s) => s.startsWith('h1:'));
  if (other === undefined) return false;
  const text = `verifying ${versionName(m)}: checksum mismatch\n\tdownloaded: ${sum}\n\tgo.sum:     ${other}${mismatch}`;
  throw new ModError('', [], text, true);
}

export class ModuleStore {
  readonly cache: ModuleCache;
  private readonly o: StoreOptions;
  private readonly proxies: readonly ModuleProxy[];
  private readonly database: SumDatabase;

  constructor(o: StoreOptions) {
    this.o = o;
    this.cache = new ModuleCache(o.root, o.env.flags('modcacherw').at(-1) === 'true');
    this.proxies = proxyList(o.env.get('GOPROXY'));
    this.database = new SumDatabase(o.env.get('GOSUMDB'), this.cache, this.proxies, o.asking ?? (() => {}));
  }

  /** Does the checksum database decide where go.sum does not? */
  asksDatabase(m: Version): boolean {
    return this.o.env.get('GOSUMDB') !== 'off' && !this.o.env.isPrivate('GONOSUMDB', m.path);
  }

  /** Of the cache, if it is there and needs no asking; null otherwise. Throws a ModError if go.sum contradicts it. */
  cachedGoMod(m: Version, sums: readonly string[]): GoModFile | null {
    const data = this.cache.read(m, 'mod');
    if (!data) return null;
    const sum = goModHash(data);
    return matchesSums(goModOf(m), sum, sums) || !this.asksDatabase(m) ? { data, sum } : null;
  }

  /** Of the cache, if it is there and needs no asking; null otherwise. Throws a ModError if go.sum contradicts it. */
  cachedFolder(m: Version, sums: readonly string[]): ModuleFolder | null {
    if (!this.cache.unpacked(m)) return null;
    const sum = this.cache.zipSum(m)!;
    return matchesSums(m, sum, sums) || !this.asksDatabase(m) ? { dir: this.cache.dir(m), sum } : null;
  }

  async goMod(m: Version, sums: readonly string[]): Promise<GoModFile | Unavailable> {
    return this.answer(m, async () => {
      let data = this.cache.read(m, 'mod');
      const fresh = !data;
      data ??= Buffer.from(await this.get(m, 'mod', maxGoMod, 'go.mod file too large'));
      const sum = goModHash(data);
      await this.verify(goModOf(m), sum, sums);
      if (fresh) this.cache.write(m, 'mod', data);
      return { data, sum };
    });
  }

  async folder(m: Version, sums: readonly string[]): Promise<ModuleFolder | Unavailable> {
    return this.answer(m, async () => {
      const have = this.cache.unpacked(m);
      const { sum, data } = have ? { sum: this.cache.zipSum(m)!, data: null } : await this.zip(m, sums, true);
      if (have) await this.verify(m, sum, sums);
      else
        await this.cache.locked(m, async () => {
          if (!this.cache.unpacked(m)) this.unpack(m, data ?? this.cache.read(m, 'zip')!);
        });
      return { dir: this.cache.dir(m), sum };
    });
  }

  private unpack(m: Version, data: Buffer): void {
    this.cache.writeDir(m, (dir) => {
      try {
        unpackModule(data, m, dir);
      } catch (e) {
        if ((e as NodeJS.ErrnoException).code) throw e;
        throw new Error(`unzip ${this.cache.file(m, 'zip')}: ${(e as Error).message}`);
      }
    });
  }

  /** Sees to it that the archive is in the cache. data: its bytes, if they have just come. */
  private async zip(m: Version, sums: readonly string[], loud: boolean): Promise<{ sum: string; data: Buffer | null }> {
    const have = (): string | null => (this.cache.has(m, 'zip') ? this.cache.zipSum(m) : null);
    let sum = have();
    if (sum) {
      await this.verify(m, sum, sums);
      return { sum, data: null };
    }
    if (loud && !this.cache.has(m, 'zip')) this.o.downloading(m);
    return this.cache.locked(m, async () => {
      sum = have();
      if (sum) {
        await this.verify(m, sum, sums);
        return { sum, data: null };
      }
      const old = this.cache.read(m, 'zip');
      const data = old ?? Buffer.from(await this.get(m, 'zip', maxZipFile, 'downloaded zip file too large'));
      if (!old) checkPrefix(data, m);
      const found = zipHash(data);
      await this.verify(m, found, sums);
      if (!old) this.cache.write(m, 'zip', data);
      this.cache.write(m, 'ziphash', found);
      return { sum: found, data };
    });
  }

  /** The name of the file with what a proxy says of a version. */
  async info(m: Version): Promise<{ file: string } | Unavailable> {
    return this.answer(m, async () => {
      if (!this.cache.has(m, 'info')) {
        const data = await this.get(m, 'info', maxInfo, 'info file too large');
        const said = (JSON.parse(Buffer.from(data).toString()) as { Version?: string }).Version;
        if (said !== m.version) throw new Error(`proxy returned info for version ${said} instead of requested version`);
        this.cache.write(m, 'info', data);
      }
      return { file: this.cache.file(m, 'info') };
    });
  }

  /** The versions that a proxy lists. */
  async versions(path: string): Promise<string[] | Unavailable> {
    return this.answer({ path, version: '' }, async () => {
      const data = await this.ask(path, '@v/list', maxList, 'list too large');
      return Buffer.from(data)
        .toString()
        .split('\n')
        .map((line) => line.trim().split(/\s+/)[0]!)
        .filter((v) => v !== '');
    });
  }

  /** The version that a proxy has for a name: "latest", a branch, a commit. */
  async resolve(path: string, name: string): Promise<string | Unavailable> {
    return this.answer({ path, version: name === 'latest' ? '' : name }, async () => {
      const file = name === 'latest' ? '@latest' : `@v/${escapePath(name)}.info`;
      const data = await this.ask(path, file, maxInfo, 'info file too large');
      const { Version: version } = JSON.parse(Buffer.from(data).toString()) as { Version?: string };
      if (typeof version !== 'string') throw new Error('invalid response from proxy: no version');
      return version;
    });
  }

  private async verify(m: Version, sum: string, sums: readonly string[]): Promise<void> {
    if (matchesSums(m, sum, sums) || !this.asksDatabase(m)) return;
    await this.database.check(m, sum);
  }

  private get(m: Version, suffix: string, limit: number, tooLarge: string): Promise<Uint8Array> {
    return this.ask(m.path, `@v/${escapePath(m.version)}.${suffix}`, limit, tooLarge);
  }

  /** A file of a module from the first proxy that has it. */
  private async ask(path: string, file: string, limit: number, tooLarge: string): Promise<Uint8Array> {
    const { env, texts } = this.o;
    if (env.isPrivate('GONOPROXY', path) && env.get('GOPROXY') !== 'direct')
      throw new Error(texts.noVersionControl(path));
    if (this.proxies.length === 0) throw new Error('GOPROXY list is not the empty string, but contains no entries');
    let best: Error | null = null;
    let serious = false;
    for (const { url, always } of this.proxies) {
      let e: Error;
      let absent = true;
      if (url === 'off') e = new Error('module lookup disabled by GOPROXY=off');
      else if (url === 'direct')
        e = new Error(best ? `${best.message}\n\t${texts.noVersionControl(path)}` : texts.noVersionControl(path));
      else
        try {
          return await this.fetch(url, `${escapePath(path)}/${file}`, limit, tooLarge);
        } catch (err) {
          e = err as Error;
          absent = err instanceof DownloadError && err.absent;
        }
      if (url === 'direct') best = e;
      else if (!absent || !serious) best = absent && best ? best : e;
      serious ||= !absent;
      if (!always && !absent) break;
    }
    throw best!;
  }

  private async fetch(proxy: string, path: string, limit: number, tooLarge: string): Promise<Uint8Array> {
    if (!/^\w+:\/\//.test(proxy)) throw new Error(`invalid proxy URL missing scheme: ${proxy}`);
    if (!/^(https?|file):/.test(proxy))
      throw new Error(`invalid proxy URL scheme (must be https, http, file): ${proxy}`);
    const url = `${proxy}/${path.split('/').map(encodeURIComponent).join('/').replaceAll('%40', '@').replaceAll('%2B', '+')}`;
    this.o.asking?.(url);
    return download(url, { limit, tooLarge });
  }

  /** What went wrong, as the go command says it; what is wrong with the sums is thrown. */
  private async answer<T>(m: Version, work: () => Promise<T>): Promise<T | Unavailable> {
    try {
      return await work();
    } catch (e) {
      if (e instanceof ModError) throw e;
      const { code, message, path } = e as NodeJS.ErrnoException;
      const name = versionName(m);
      if (
        code &&
        path !== undefined &&
        ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'EEXIST'].includes(code)
      )
        return { error: `${name}: ${this.o.texts.cacheUnwritable(this.o.root, message)}` };
      return { error: e instanceof ZipError || message.startsWith('unzip ') ? message : `${name}: ${message}` };
    }
  }
}
