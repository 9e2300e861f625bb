// What `burrow test -json` prints: the output of a test program as a stream of events, a JSON object a line.
//
// Assumes: the program runs with -test.v=test2json, so that it puts a mark (0x16) before lines that begin or end a test.
// Guarantees: every byte of output is in some output event, in order; lines up to 1 KiB are in one event each.
// Source: `go doc test2json`; observed output of go test -json.

const mark = 0x16;
const newline = 0x0a;

interface Event {
  Action: string;
  Test?: string;
  Elapsed?: number;
  Output?: Buffer;
  FailedBuild?: string;
  Key?: string;
  Value?: string;
  Path?: string;
}

/** Cuts a stream into lines. A line longer than the buffer, or the beginning of a benchmark's, is given in parts. */
class LineBuffer {
  private readonly buf: Buffer;
  private len = 0;
  private midway = false;
  private readonly line: (line: Buffer) => void;
  private readonly part: (part: Buffer) => void;

  constructor(size: number, line: (line: Buffer) => void, part: (part: Buffer) => void) {
    this.buf = Buffer.alloc(size);
    this.line = line;
    this.part = part;
  }

  write(data: Buffer): void {
    for (let from = 0; from < data.length; ) {
      const n = data.copy(this.buf, this.len, from);
      from += n;
      this.len += n;
      let at = this.takeLines();
      if (at === 0 && this.len === this.buf.length) {
        at = wholeRunes(this.buf);
        this.part(this.buf.subarray(0, at));
        this.midway = true;
      }
      this.buf.copyWithin(0, at, this.len);
      this.len -= at;
    }
  }

  /** Returns how much of the buffer is done with. */
  private takeLines(): number {
    let at = 0;
    while (at < this.len) {
      const rest = this.buf.subarray(at, this.len);
      const end = lineEnd(rest);
      if (end < 0) {
        const tab = this.midway ? -1 : rest.indexOf('\t');
        if (tab >= 0 && /^Benchmark(?!\p{Ll})/u.test(rest.subarray(0, tab).toString())) {
          this.part(rest.subarray(0, tab + 1));
          this.midway = true;
          at += tab + 1;
        }
        break;
      }
      if (this.midway) this.part(rest.subarray(0, end));
      else this.line(rest.subarray(0, end));
      this.midway = false;
      at += end;
    }
    return at;
  }

  flush(): void {
    if (this.len > 0) this.part(this.buf.subarray(0, this.len));
    this.len = 0;
  }
}

/** Where a line ends: after a newline or before a mark. -1: it does not. */
function lineEnd(b: Buffer): number {
  const nl = b.indexOf(newline);
  const m = b.indexOf(mark, 1);
  if (m >= 0 && (nl < 0 || m < nl)) return m;
  return nl < 0 ? -1 : nl + 1;
}

/** How many bytes at the beginning do not end within a character. */
function wholeRunes(b: Buffer): number {
  for (let i = 1; i < 4 && i <= b.length; i++) {
    const c = b[b.length - i]!;
    if ((c & 0xc0) === 0x80) continue;
    const size = (c & 0xe0) === 0xc0 ? 2 : (c & 0xf0) === 0xe0 ? 3 : (c & 0xf8) === 0xf0 ? 4 : 1;
    return i < size ? b.length - i : b.length;
  }
  return b.length;
}

const updates = ['RUN  ', 'PAUSE', 'CONT ', 'NAME ', 'PASS ', 'FAIL ', 'SKIP ', 'ATTR ', 'ARTIFACTS'].map(
  (u) => `=== ${u} `,
);
const reports = ['PASS', 'FAIL', 'SKIP', 'BENCH'].map((r) => `--- ${r}: `);

export class TestEvents {
  /** the package that does not build, if that is why there are no tests */
  failedBuild = '';
  private readonly print: (line: string) => void;
  private readonly path: string;
  private readonly begun = performance.now();
  private readonly input: LineBuffer;
  private readonly output: LineBuffer;
  private test = '';
  /** results that are held back until what belongs to them has been printed; those of subtests above their tests' */
  private readonly pending: Event[] = [];
  private result = '';
  private marked = false;

  /** print is given whole lines. path: of the package. */
  constructor(path: string, print: (line: string) => void) {
    this.path = path;
    this.print = print;
    this.output = new LineBuffer(
      1024,
      (b) => this.event({ Action: 'output', Output: b }),
      (b) => this.event({ Action: 'output', Output: b }),
    );
    this.input = new LineBuffer(
      4096,
      (b) => this.inputLine(b),
      (b) => this.output.write(b),
    );
    this.event({ Action: 'start' });
  }

  write(data: Buffer): void {
    this.input.write(data);
  }

  close(passed: boolean): void {
    this.input.flush();
    this.output.flush();
    if (!passed) this.result = 'fail';
    else if (this.result !== 'skip') this.result = 'pass';
    const Elapsed = Math.round(performance.now() - this.begun) / 1000;
    this.event({
      Action: this.result,
      Elapsed,
      ...(this.result === 'fail' && this.failedBuild && { FailedBuild: this.failedBuild }),
    });
  }

  private inputLine(bytes: Buffer): void {
    if (this.marked && bytes[0] !== mark) {
      this.output.write(bytes);
      return;
    }
    const marked = bytes[0] === mark;
    if (marked) this.output.flush();
    const whole = marked ? bytes.subarray(1) : bytes;
    let line = whole.toString('latin1');
    if (/^=== NAME\r?\n?$/.test(line)) line = '=== NAME  \n';
    const trimmed = line.replace(/\r?\n$/, '');
    if (trimmed === 'PASS' || trimmed === 'FAIL' || trimmed.startsWith('FAIL\t')) {
      this.settle(0);
      this.marked = marked;
      this.output.write(whole);
      this.result = trimmed === 'PASS' ? 'pass' : 'fail';
      return;
    }
    if (line.startsWith('?   \t') && trimmed.endsWith('\t[no test files]') && this.pending.length === 0)
      this.result = 'skip';
    if (updates.some((u) => line.startsWith(u))) this.update(whole, line, marked);
    else this.report(whole, line, marked);
  }

  /** "=== RUN   Name" and its like. */
  private update(whole: Buffer, line: string, marked: boolean): void {
    const [, action, rest] = /^=== (\S+)\s*(.*)/s.exec(Buffer.from(line, 'latin1').toString())!;
    const e: Event = { Action: action!.toLowerCase() };
    let name = rest!.trim();
    if (e.Action === 'artifacts' || e.Action === 'attr') {
      const [test, more] = cut(name);
      name = test;
      if (e.Action === 'artifacts') e.Path = more;
      else [e.Key, e.Value] = cut(more);
    }
    this.marked = marked;
    this.settle(0);
    this.test = name;
    if (e.Action === 'name') return;
    // what announces a pause is said before it
    if (e.Action === 'pause') this.output.write(whole);
    this.event(e);
    if (e.Action !== 'pause') this.output.write(whole);
  }

  /** "--- PASS: Name (0.00s)", indented by how deep the subtest is; or plain output. */
  private report(whole: Buffer, line: string, marked: boolean): void {
    const spaces = /^(?: {4})*/.exec(line)![0].length;
    const depth = spaces / 4;
    if (!reports.some((r) => line.startsWith(r, spaces))) {
      // the indentation says which of the tests that have just ended it is of
      if (depth > 0 && depth <= this.pending.length) this.test = this.pending[depth - 1]!.Test!;
      this.output.write(whole);
      return;
    }
    if (this.pending.length < depth) {
      this.output.write(whole);
      return;
    }
    const text = whole.toString().slice(spaces);
    const colon = text.indexOf(':');
    const e: Event = { Action: text.slice(4, colon).toLowerCase() };
    let name = text.slice(colon + 1).trim();
    const paren = name.indexOf(' (');
    if (paren >= 0) {
      const time = name.endsWith('s)') ? name.slice(paren + 2, -2) : '';
      if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(time)) e.Elapsed = Number(time);
      name = name.slice(0, paren);
    }
    this.marked = marked;
    this.settle(depth);
    e.Test = name;
    this.test = name;
    this.pending.push(e);
    this.output.write(whole);
  }

  /** Results of tests at that depth and deeper are final. */
  private settle(depth: number): void {
    this.test = '';
    while (this.pending.length > depth) this.event(this.pending.pop()!);
  }

  private event(e: Event): void {
    const test = e.Test || this.test;
    const fields: [string, string | number | Buffer | undefined][] = [
      ['Time', localTime()],
      ['Action', e.Action],
      ['Package', this.path],
      ['Test', test || undefined],
      ['Elapsed', e.Elapsed],
      ['Output', e.Output],
      ['FailedBuild', e.FailedBuild],
      ['Key', e.Key || undefined],
      ['Value', e.Value || undefined],
      ['Path', e.Path || undefined],
    ];
    this.print(jsonLine(fields));
  }
}

/** Says on standard output what the compiler has printed about a package. id: the package, with its test if it is built for one. */
export function buildEvents(id: string, text: string, print: (line: string) => void): void {
  for (const line of text.match(/[^\n]*\n|[^\n]+/g) ?? [])
    print(
      jsonLine([
        ['ImportPath', id],
        ['Action', 'build-output'],
        ['Output', line],
      ]),
    );
  print(
    jsonLine([
      ['ImportPath', id],
      ['Action', 'build-fail'],
    ]),
  );
}

function cut(s: string): [string, string] {
  const at = s.indexOf(' ');
  return at < 0 ? [s, ''] : [s.slice(0, at), s.slice(at + 1)];
}

function jsonLine(fields: readonly (readonly [string, string | number | Buffer | undefined])[]): string {
  const parts = fields.flatMap(([name, v]) =>
    v === undefined ? [] : [`"${name}":${typeof v === 'number' ? v : jsonString(v)}`],
  );
  return `{${parts.join(',')}}\n`;
}

/** A JSON string as Go's encoding/json writes it: bytes that are no UTF-8 become \ufffd each, and HTML is harmless. */
function jsonString(v: string | Buffer): string {
  const text = typeof v === 'string' ? v : runes(v);
  const parts = text.split(noRune).map((part) => JSON.stringify(part).slice(1, -1));
  const escaped = (c: string): string => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `"${parts.join('\\ufffd').replace(/[<>&\u2028\u2029]/g, escaped)}"`;
}

/** stands for a byte that belongs to no character */
const noRune = '\udfff';
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function runes(b: Buffer): string {
  try {
    return strict.decode(b);
  } catch {
    // byte by byte below
  }
  let out = '';
  for (let i = 0; i < b.length; ) {
    const c = b[i]!;
    const size = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
    let rune = noRune;
    let n = 1;
    if (size > 0 && i + size <= b.length) {
      try {
        rune = strict.decode(b.subarray(i, i + size));
        n = size;
      } catch {
        // one byte is wrong; the next may begin a character
      }
    }
    out += rune;
    i += n;
  }
  return out;
}

/** Now, as time.RFC3339Nano has it. */
function localTime(): string {
  const ms = performance.timeOrigin + performance.now();
  const d = new Date(ms);
  const two = (n: number): string => String(n).padStart(2, '0');
  const micro = String(Math.floor((ms % 1000) * 1000))
    .padStart(6, '0')
    .replace(/0+$/, '');
  const offset = -d.getTimezoneOffset();
  const zone =
    offset === 0
      ? 'Z'
      : `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  const date = `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
  const time = `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
  return `${date}T${time}${micro ? `.${micro}` : ''}${zone}`;
}
