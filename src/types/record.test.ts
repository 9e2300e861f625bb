import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Expr, FuncDecl, Stmt } from '../syntax/nodes.ts';
import { type Checked, checkSource } from './checktest.ts';
import { exprString } from './exprstring.ts';
import type { Func, Instance, Selection, TypeAndValue, Var } from './types.ts';
import { typeString } from './typestring.ts';

function func(c: Checked, name: string): FuncDecl {
  for (const f of c.checked.files) {
    for (const d of f.decls) if (d.kind === 'FuncDecl' && d.name.name === name) return d;
  }
  throw new Error(`no func ${name}`);
}

/** All nodes below n. */
function* nodes(n: unknown): Generator<{ kind: string }> {
  if (Array.isArray(n)) {
    for (const e of n) yield* nodes(e);
    return;
  }
  if (typeof n !== 'object' || n === null || !('kind' in n)) return;
  yield n as { kind: string };
  for (const [key, v] of Object.entries(n)) {
    if (key !== 'tv' && key !== 'obj' && key !== 'selection' && key !== 'inst' && key !== 'target') yield* nodes(v);
  }
}

function expr(root: unknown, text: string): Expr {
  for (const n of nodes(root)) {
    if ('tv' in n && exprString(n as Expr) === text) return n as Expr;
  }
  throw new Error(`no expression ${text}`);
}

function typeOf(root: unknown, text: string): string {
  return typeString((expr(root, text).tv as TypeAndValue).type, () => '');
}

function ok(src: string): Checked {
  const c = checkSource(src);
  assert.deepEqual(c.errors, []);
  return c;
}

test('untyped expressions get their final types', () => {
  const c = ok(`package p
func f(s uint, p *int, e any) {
	var a float64 = 1 << 3
	b := 'x' + 1
	var d int64 = 1 << s
	if p == nil {
	}
	e = 2.5
	g := a > 1
	var u8 byte = 200
	_, _, _, _ = b, d, g, u8
	for i := range 10 {
		_ = i
	}
}
`);
  const f = func(c, 'f').body;
  assert.equal(typeOf(f, '1 << 3'), 'float64');
  assert.equal(typeOf(f, "'x' + 1"), 'rune');
  assert.equal(typeOf(f, '1 << s'), 'int64');
  assert.equal(typeOf(f, 'nil'), '*int');
  assert.equal(typeOf(f, '2.5'), 'float64');
  assert.equal(typeOf(f, 'a > 1'), 'bool');
  assert.equal(typeOf(f, 'p == nil'), 'bool');
  assert.equal(typeOf(f, '200'), 'byte');
  assert.equal(typeOf(f, '10'), 'int');
});

test('two-valued expressions', () => {
  const c = ok(`package p
func f(m map[string]int, c chan bool, e any) {
	v, ok := m["a"]
	w, ok := (<-c)
	x, ok := e.(string)
	y := m["b"]
	_, _, _, _, _ = v, w, x, y, ok
}
`);
  const f = func(c, 'f').body;
  assert.equal(typeOf(f, 'm["a"]'), '(int, bool)');
  assert.equal(typeOf(f, '(<-c)'), '(bool, bool)');
  assert.equal(typeOf(f, '<-c'), '(bool, bool)');
  assert.equal(typeOf(f, 'e.(string)'), '(string, bool)');
  assert.equal(typeOf(f, 'm["b"]'), 'int');
});

test('instances are on the identifier', () => {
  const c = ok(`package p
type L[T any] struct{ v T }
func id[T any](x T) T { return x }
func app[T any](f func(T) T, x T) T { return f(x) }
func f() {
	_ = id(1)
	_ = id[string]
	_ = app(id, 'a')
	var _ L[int]
}
`);
  const insts: string[] = [];
  for (const n of nodes(func(c, 'f').body)) {
    if (n.kind !== 'Ident') continue;
    const id = n as { kind: string; name: string; inst: Instance | null };
    if (id.inst) insts.push(`${id.name}[${id.inst.targs.map((t) => typeString(t, () => '')).join(',')}]`);
  }
  assert.deepEqual(insts.sort(), ['L[int]', 'app[rune]', 'id[int]', 'id[rune]', 'id[string]']);
});

test('selections', () => {
  const c = ok(`package p
type In struct{ n int }
func (*In) P() {}
func (In) V() {}
type Out struct{ *In; k int }
func f(o Out, i In) {
	_ = o.n
	o.P()
	_ = i.V
	_ = Out.V
}
`);
  const f = func(c, 'f').body;
  const sel = (text: string): string => {
    const e = expr(f, text);
    const s = (e.kind === 'SelectorExpr' ? e.selection : null) as Selection;
    return `${s.kind} ${s.index.join('.')} ${s.indirect}`;
  };
  assert.equal(sel('o.n'), '0 0.0 true');
  assert.equal(sel('o.P'), '1 0.0 true');
  assert.equal(sel('i.V'), '1 1 false');
  assert.equal(sel('Out.V'), '2 0.1 true');
});

test('flags of variables', () => {
  const c = ok(`package p
type T struct{ x int; a [4]int }
func (*T) M() {}
func g(int)
func f(par int) (res int) {
	plain := 1
	assigned := 1
	assigned = 2
	addr := 1
	_ = &addr
	cap1 := 1
	func() { g(cap1); inner := 1; g(inner) }()
	field := T{}
	field.x = 2
	meth := T{}
	meth.M()
	arr := T{}
	_ = arr.a[:]
	ptr := &T{}
	ptr.x = 1
	ptr.M()
	loop := 0
	for range func(yield func() bool) {} {
		loop++
	}
	g(plain + assigned)
	defer func() { res = par }()
	return 1
}
`);
  const flags = new Map<string, string>();
  for (const n of nodes(func(c, 'f'))) {
    if (n.kind !== 'Ident') continue;
    const v = (n as unknown as { obj: Var | null }).obj;
    if (v?.tag !== 'Var') continue;
    flags.set(v.name, `${v.addrTaken ? 'a' : ''}${v.captured ? 'c' : ''}${v.reassigned ? 'r' : ''}`);
  }
  const want = {
    plain: '',
    assigned: 'r',
    addr: 'a',
    cap1: 'c',
    inner: '',
    field: 'r',
    meth: 'a',
    arr: 'a',
    ptr: '',
    loop: 'cr',
    res: 'cr',
    par: 'c',
  };
  for (const [name, w] of Object.entries(want)) assert.equal(flags.get(name), w, name);
});

test('targets of branches', () => {
  const c = ok(`package p
func f(n int) {
outer:
	for {
		switch n {
		case 1:
			break
		case 2:
			continue
		case 3:
			break outer
		case 4:
			continue outer
		case 5:
			goto done
		}
	}
done:
}
`);
  const kinds: string[] = [];
  for (const n of nodes(func(c, 'f').body)) {
    if (n.kind === 'BranchStmt') kinds.push((n as unknown as { target: Stmt }).target.kind);
  }
  assert.deepEqual(kinds, ['SwitchStmt', 'ForStmt', 'ForStmt', 'ForStmt', 'LabeledStmt']);
});

test('type switch clauses have their own variable', () => {
  const c = ok(`package p
func f(e any) {
	switch x := e.(type) {
	case int:
		_ = x
	case string, bool:
	}
}
`);
  const types: string[] = [];
  for (const n of nodes(func(c, 'f').body)) {
    if (n.kind === 'CaseClause') types.push(typeString((n as unknown as { obj: Var }).obj.type!, () => ''));
  }
  assert.deepEqual(types, ['int', 'any']);
});

test('initialisation order', () => {
  const src = `package p
var a = b + 1
var b = f()
var c, d = g()
var e = 1
func f() int { return c }
func g() (int, int) { return e, e }
`;
  for (const lazy of [false, true]) {
    const c = checkSource(src, {}, '', lazy);
    assert.deepEqual(c.errors, []);
    const order = c.checked.initOrder.map((i) => i.lhs.map((v) => v.name).join(','));
    assert.deepEqual(order, ['e', 'c,d', 'b', 'a']);
  }
});

test('bodies are checked when asked for', () => {
  const c = checkSource('package p\nfunc f() { g(1) }\nfunc g(x int) {}\nfunc h() { undefined() }\n', {}, '', true);
  assert.deepEqual(c.errors, []);
  const f = func(c, 'f');
  assert.throws(() => typeOf(f.body, 'g(1)'));
  c.checked.checkFuncBody(f.name.obj as Func);
  c.checked.checkFuncBody(f.name.obj as Func);
  assert.equal(typeOf(f.body, '1'), 'int');
});
