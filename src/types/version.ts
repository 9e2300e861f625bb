// Language versions: "go1.21" as the number 21.
//
// Guarantees: 0 stands for "none given", which allows everything.
// Source: go/version; https://go.dev/doc/toolchain#version.

/** The newest language version this compiler knows. */
export const currentVersion = 26;

/** Minor number of a version such as "go1.21", "go1.21.3" or "go1.22rc1"; 0 if it is not one. */
export function parseVersion(v: string): number {
  if (v === 'go1') return 1;
  if (!v.startsWith('go1.')) return 0;
  let n = 0;
  let i = 4;
  for (; i < v.length; i++) {
    const d = v.charCodeAt(i) - 48;
    if (d < 0 || d > 9) break;
    n = n * 10 + d;
  }
  return i === 4 ? 0 : n;
}

/** The version as it is written. */
export function versionString(v: number): string {
  return `go1.${v}`;
}
