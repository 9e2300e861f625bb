// Build constraints: the expressions of `//go:build` and `// +build` lines.
//
// Guarantees: parseBuildLine and parsePlusBuildLine give null for anything that is not a well-formed constraint. The language version a constraint
// implies is the lowest one that lets it hold.
// Source: `go help buildconstraint`; package go/build/constraint's documentation of GoVersion.

export type Constraint =
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'not'; readonly x: Constraint }
  | { readonly kind: 'and' | 'or'; readonly x: Constraint; readonly y: Constraint };

const word = /^[\p{L}\p{Nd}_.]+/u;

/** The constraint of a comment line, `//go:build` included; null if it is none. */
export function parseBuildLine(text: string): Constraint | null {
  const line = text.trimEnd();
  if (!line.startsWith('//go:build') || (line.length > 10 && line[10] !== ' ' && line[10] !== '\t')) return null;
  const tokens: string[] = [];
  let rest = line.slice(10).trimStart();
  while (rest !== '') {
    const m = /^(&&|\|\||[!()])/.exec(rest) ?? word.exec(rest);
    if (!m) return null;
    tokens.push(m[0]);
    rest = rest.slice(m[0].length).trimStart();
  }
  let i = 0;
  const fail = Symbol();
  const atom = (): Constraint => {
    const t = tokens[i++];
    if (t === '!') {
      if (tokens[i] === '!') throw fail;
      return { kind: 'not', x: atom() };
    }
    if (t === '(') {
      const x = or();
      if (tokens[i++] !== ')') throw fail;
      return x;
    }
    if (t === undefined || !word.test(t)) throw fail;
    return { kind: 'tag', tag: t };
  };
  const and = (): Constraint => {
    let x = atom();
    while (tokens[i] === '&&') {
      i++;
      x = { kind: 'and', x, y: atom() };
    }
    return x;
  };
  const or = (): Constraint => {
    let x = and();
    while (tokens[i] === '||') {
      i++;
      x = { kind: 'or', x, y: and() };
    }
    return x;
  };
  try {
    const x = or();
    return i === tokens.length ? x : null;
  } catch (e) {
    if (e === fail) return null;
    throw e;
  }
}

/** The constraint of a comment line as it was written before Go 1.17, `// +build`; null if it is none. */
export function parsePlusBuildLine(text: string): Constraint | null {
  const m = /^\/\/\s*\+build(?:\s+(.*))?$/.exec(text.trimEnd());
  if (!m) return null;
  const never: Constraint = { kind: 'tag', tag: 'ignore' };
  const tag = (t: string): Constraint => {
    const name = t.replace(/^!/, '');
    const x: Constraint = word.exec(name)?.[0] === name && name !== '' ? { kind: 'tag', tag: name } : never;
    return t.startsWith('!') ? { kind: 'not', x } : x;
  };
  const all = (list: readonly Constraint[], kind: 'and' | 'or'): Constraint =>
    list.reduce((x, y): Constraint => ({ kind, x, y }));
  const options = (m[1] ?? '').split(/\s+/).filter((o) => o !== '');
  if (options.length === 0) return never;
  return all(
    options.map((o) => all(o.split(',').map(tag), 'and')),
    'or',
  );
}

export function satisfied(c: Constraint, has: (tag: string) => boolean): boolean {
  switch (c.kind) {
    case 'tag':
      return has(c.tag);
    case 'not':
      return !satisfied(c.x, has);
    case 'and':
      return satisfied(c.x, has) && satisfied(c.y, has);
    case 'or':
      return satisfied(c.x, has) || satisfied(c.y, has);
  }
}

/** The minor version of the oldest Go the constraint can hold for; -1 if it implies none. */
function minVersion(c: Constraint, sign: 1 | -1): number {
  switch (c.kind) {
    case 'tag': {
      if (sign < 0) return -1;
      if (c.tag === 'go1') return 0;
      const m = /^go1\.(\d+)$/.exec(c.tag);
      return m ? Number(m[1]) : -1;
    }
    case 'not':
      return minVersion(c.x, sign === 1 ? -1 : 1);
    case 'and':
    case 'or': {
      const x = minVersion(c.x, sign);
      const y = minVersion(c.y, sign);
      return (c.kind === 'and') === (sign === 1) ? Math.max(x, y) : Math.min(x, y);
    }
  }
}

/** "go1.21", or '' if the constraint says nothing about the version. */
export function impliedVersion(c: Constraint): string {
  const v = minVersion(c, 1);
  return v < 0 ? '' : v === 0 ? 'go1' : `go1.${v}`;
}
