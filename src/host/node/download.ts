// Downloads: what is behind a http, https or file address.
//
// Guarantees: no answer for half a minute, too large a body and a body that ends early are errors; the system's certificates and proxies
// of the usual variables count, as they do for the go command.

import { readFileSync, statSync } from 'node:fs';
import * as http from 'node:http';
import * as tls from 'node:tls';
import { fileURLToPath } from 'node:url';

const stallTimeout = 30_000;

export class DownloadError extends Error {
  /** of the answer; 404 for files that are not there; 0 if there was no answer */
  readonly status: number;

  constructor(msg: string, status: number) {
    super(msg);
    this.status = status;
  }

  /** There is no such thing, which others may have. */
  get absent(): boolean {
    return this.status === 404 || this.status === 410;
  }
}

export interface DownloadOptions {
  readonly limit: number;
  /** what to say of more */
  readonly tooLarge?: string;
  /** told how many bytes of how many have come, 0 for unknown */
  readonly progress?: (got: number, total: number) => void;
}

let ready = false;

/** Has Node trust whom the system trusts, and go through the proxies that the environment names. */
function useSystem(): void {
  if (ready) return;
  ready = true;
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), ...tls.getCACertificates('system')]);
  http.setGlobalProxyFromEnv?.();
}

/** Without the password that an address may hold. */
export function redacted(url: string): string {
  return url.replace(/^(\w+:\/\/[^/@:]*):[^/@]*@/, '$1:xxxxx@');
}

/** Throws DownloadError; its message names the address. */
export async function download(url: string, o: DownloadOptions): Promise<Uint8Array> {
  if (url.startsWith('file:')) return readLocal(url, o);
  useSystem();
  const shown = redacted(url);
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(new Error(`no answer for ${stallTimeout / 1000} s`)), stallTimeout);
  let status = 0;
  try {
    const { address, headers } = withCredentials(url);
    const r = await fetch(address, { signal: abort.signal, headers });
    if (!r.ok) {
      status = r.status;
      throw new DownloadError(`reading ${shown}: ${r.status} ${r.statusText}${await detail(r)}`, r.status);
    }
    const total = Number(r.headers.get('content-length') ?? 0);
    const large = (): never => {
      throw new DownloadError(o.tooLarge ?? `reading ${shown}: too large`, -1);
    };
    if (total > o.limit) large();
    const parts: Uint8Array[] = [];
    let got = 0;
    for await (const part of (r.body ?? []) as unknown as AsyncIterable<Uint8Array>) {
      timer.refresh();
      parts.push(part);
      got += part.length;
      if (got > o.limit) large();
      o.progress?.(got, total);
    }
    if (total && got < total && !r.headers.get('content-encoding'))
      throw new Error(`the transfer ended after ${got} of ${total} bytes`);
    return Buffer.concat(parts);
  } catch (e) {
    if (e instanceof DownloadError) throw e;
    throw new DownloadError(`Get "${shown}": ${reason(e)}`, status);
  } finally {
    clearTimeout(timer);
  }
}

/** fetch wants no names and passwords in addresses. */
function withCredentials(url: string): { address: string; headers: Record<string, string> } {
  const u = new URL(url);
  if (u.username === '') return { address: url, headers: {} };
  const plain = `${decodeURIComponent(u.username)}:${decodeURIComponent(u.password)}`;
  u.username = '';
  u.password = '';
  return { address: u.href, headers: { authorization: `Basic ${Buffer.from(plain).toString('base64')}` } };
}

function reason(e: unknown): string {
  const { message, cause } = e as Error & { cause?: Error & { code?: string; errors?: Error[] } };
  if (!cause) return message;
  return cause.message || cause.errors?.[0]?.message || cause.code || message;
}

/** What a server says of a failure, if it is short and plain. */
async function detail(r: Response): Promise<string> {
  if (!/^text\/plain\b/.test(r.headers.get('content-type') ?? '')) return '';
  let text: string;
  try {
    text = (await r.text()).trimEnd();
  } catch {
    return '';
  }
  if (text === '' || /[^\P{C}\s]/u.test(text)) return '';
  const lines = text.split('\n');
  const short = lines.length > 8 || text.length > 8 * 81 ? [...lines.slice(0, 7), '[Truncated.]'] : lines;
  return `\n\tserver response:${short.length > 1 ? `\n\t${short.join('\n\t')}` : ` ${short[0]}`}`;
}

function readLocal(url: string, o: DownloadOptions): Uint8Array {
  let path: string;
  try {
    path = fileURLToPath(url);
  } catch (e) {
    throw new DownloadError(`reading ${url}: ${(e as Error).message}`, 0);
  }
  try {
    if (statSync(path).size > o.limit) throw new DownloadError(o.tooLarge ?? `reading ${url}: too large`, -1);
    return readFileSync(path);
  } catch (e) {
    if (e instanceof DownloadError) throw e;
    const { code, message } = e as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new DownloadError(`reading ${url}: no such file or directory`, 404);
    if (code === 'EACCES') throw new DownloadError(`reading ${url}: permission denied`, 403);
    throw new DownloadError(`reading ${url}: ${message}`, 0);
  }
}
