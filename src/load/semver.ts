// Versions of modules: their form and their order.
//
// Source: semver.org 2.0.0 with Go's prefix "v"; "Go Modules Reference", versions and pseudo-versions.

const form =
  /^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[A-Za-z-][\dA-Za-z-]*)(?:\.(?:0|[1-9]\d*|\d*[A-Za-z-][\dA-Za-z-]*))*))?(?:\+([\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*))?$/;

/** vMAJOR.MINOR.PATCH with all its parts, and no build other than +incompatible? */
export function isCanonical(version: string): boolean {
  const m = form.exec(version);
  return m !== null && (m[5] === undefined || m[5] === 'incompatible');
}

export function isPseudo(version: string): boolean {
  return /^v\d+\.(0\.0-|\d+\.\d+-([^+]*\.)?0\.)\d{14}-[A-Za-z0-9]+(\+[\dA-Za-z-]+(\.[\dA-Za-z-]+)*)?$/.test(version);
}

export function isPrerelease(version: string): boolean {
  return form.exec(version)?.[4] !== undefined;
}

/** "v2"; '' if the version is malformed. */
export function majorOf(version: string): string {
  const m = form.exec(version);
  return m ? `v${m[1]}` : '';
}

function compareNumbers(a: string, b: string): number {
  if (a.length !== b.length) return a.length < b.length ? -1 : 1;
  return a === b ? 0 : a < b ? -1 : 1;
}

function comparePrerelease(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  const x = a.split('.');
  const y = b.split('.');
  for (let i = 0; i < x.length && i < y.length; i++) {
    const p = x[i]!;
    const q = y[i]!;
    if (p === q) continue;
    const n = /^\d+$/.test(p);
    if (n !== /^\d+$/.test(q)) return n ? -1 : 1;
    return n ? compareNumbers(p, q) : p < q ? -1 : 1;
  }
  return x.length < y.length ? -1 : 1;
}

/** Negative if a is older. '' and malformed versions come before all others. */
export function compareVersions(a: string, b: string): number {
  const x = form.exec(a);
  const y = form.exec(b);
  if (!x || !y) return x ? 1 : y ? -1 : 0;
  for (let i = 1; i <= 3; i++) {
    const c = compareNumbers(x[i]!, y[i]!);
    if (c !== 0) return c;
  }
  return comparePrerelease(x[4], y[4]);
}

/** Compares language versions, "1.21" and "1.21.3", "1.21rc1". Negative if a is older. */
export function compareGo(a: string, b: string): number {
  const parts = (v: string): [number, number, number, string, number] => {
    const m = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:([a-z]+)(\d+))?/.exec(v);
    // a release without a patch number comes before its candidates from 1.21 on: it is the language
    if (!m) return [0, 0, 0, '', 0];
    const kind = m[4] ?? (m[3] === undefined && Number(m[2] ?? 0) >= 21 ? '' : '~');
    return [Number(m[1]), Number(m[2] ?? 0), Number(m[3] ?? 0), kind, Number(m[5] ?? 0)];
  };
  const x = parts(a);
  const y = parts(b);
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return x[i]! < y[i]! ? -1 : 1;
  return 0;
}
