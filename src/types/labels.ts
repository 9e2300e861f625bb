// Labels: break, continue and goto statements that name one.
//
// Assumes: the statement pass has set the targets of branches without label. Guarantees: every valid branch with a label
// has its target; a goto that would enter a block or skip a variable declaration is reported.
// Source: Go specification, "Labeled statements", "Goto statements"; wording of gc 1.26.

import type { BlockStmt, BranchStmt, LabeledStmt, Pos, Stmt } from '../syntax/nodes.ts';
import { T } from '../syntax/token.ts';
import type { Checker } from './checker.ts';
import { recordDef, recordUse } from './record.ts';
import { Label } from './types.ts';

interface Declared {
  readonly block: Block;
  readonly stmt: LabeledStmt;
  readonly obj: Label;
}

interface Block {
  readonly parent: Block | null;
  readonly start: Pos;
  /** the labeled statement it belongs to */
  readonly lstmt: LabeledStmt | null;
}

/** Checks the labels of a function body; bodies of literals in it are not its own. */
export function labels(c: Checker, body: BlockStmt): void {
  const p = new Pass(c);
  for (const jmp of p.block(null, null, body.pos, body.list)) {
    const id = jmp.label!;
    const l = p.labels.get(id.name);
    if (l) {
      l.obj.used = true;
      c.error(id.pos, `goto ${id.name} jumps into block starting at ${c.posstr(l.block.start)}`);
    } else c.error(id.pos, `label ${id.name} not defined`);
  }
  for (const l of p.labels.values()) {
    if (!l.obj.used) c.softError(l.obj.pos, `label ${l.obj.name} defined and not used`);
  }
}

class Pass {
  readonly c: Checker;
  readonly labels = new Map<string, Declared>();

  constructor(c: Checker) {
    this.c = c;
  }

  /** Goes through a block. Returns the gotos whose label was not found in it or around it. */
  block(parent: Block | null, lstmt: LabeledStmt | null, start: Pos, list: readonly Stmt[]): BranchStmt[] {
    const b: Block = { parent, start, lstmt };
    const state = new BlockState();
    for (const s of list) this.stmt(b, state, null, s);
    return state.forward;
  }

  private stmt(b: Block, st: BlockState, lstmt: LabeledStmt | null, s: Stmt): void {
    const inner = (start: Pos, list: readonly Stmt[]): void => {
      st.forward.push(...this.block(b, lstmt, start, list));
    };
    switch (s.kind) {
      case 'DeclStmt': {
        const spec = s.decl.tok === T.VAR ? s.decl.specs[0] : undefined;
        if (spec?.kind === 'ValueSpec') st.varDecl(spec.pos, spec.names[0]!.name);
        break;
      }
      case 'AssignStmt':
        if (s.tok === T.DEFINE) st.varDecl(s.tokPos, s.lhs.map((e) => this.c.exprstr(e)).join(', '));
        break;
      case 'LabeledStmt':
        if (s.label.name !== '_') {
          this.addLabel(b, st, s);
          lstmt = s;
        }
        this.stmt(b, st, lstmt, s.stmt);
        break;
      case 'BranchStmt':
        if (s.label) this.branch(b, st, s, s.label.name);
        break;
      case 'BlockStmt':
        inner(s.pos, s.list);
        break;
      case 'IfStmt':
        inner(s.body.pos, s.body.list);
        if (s.else) inner(s.else.pos, [s.else]);
        break;
      case 'ForStmt':
      case 'RangeStmt':
        inner(s.body.pos, s.body.list);
        break;
      case 'SwitchStmt':
      case 'TypeSwitchStmt':
      case 'SelectStmt':
        for (const cc of s.body) inner(cc.pos, cc.body);
        break;
    }
  }

  private addLabel(b: Block, st: BlockState, s: LabeledStmt): void {
    const c = this.c;
    const name = s.label.name;
    let l = this.labels.get(name);
    if (l) {
      c.softError(s.label.pos, `label ${name} already defined at ${c.posstr(l.stmt.label.pos)}`);
    } else {
      const obj = new Label(s.label.pos, c.pkg, name, null);
      recordDef(s.label, obj);
      l = { block: b, stmt: s, obj };
      this.labels.set(name, l);
    }
    const rest: BranchStmt[] = [];
    for (const jmp of st.forward) {
      if (jmp.label!.name !== name) {
        rest.push(jmp);
        continue;
      }
      jmp.target = s;
      l.obj.used = true;
      recordUse(jmp.label!, l.obj);
      if (st.skipping.includes(jmp)) {
        const where = `declaration of ${st.varName} at ${c.posstr(st.varPos)}`;
        c.softError(jmp.label!.pos, `goto ${name} jumps over ${where}`);
      }
    }
    st.forward = rest;
  }

  private branch(b: Block, st: BlockState, s: BranchStmt, name: string): void {
    const c = this.c;
    const l = this.labels.get(name);
    if (l) {
      l.obj.used = true;
      recordUse(s.label!, l.obj);
    }
    if (s.tok === T.GOTO) {
      if (l && encloses(b, (x) => x === l.block)) s.target = l.stmt;
      else st.forward.push(s);
      return;
    }
    const what = s.tok === T.BREAK ? 'break' : 'continue';
    if (!l) {
      c.error(s.label!.pos, `${what} label not defined: ${name}`);
      return;
    }
    const t = encloses(b, (x) => x.lstmt === l.stmt) ? l.stmt.stmt : null;
    if (!t || !isTarget(t, s.tok === T.BREAK)) {
      c.error(s.label!.pos, `invalid ${what} label ${name}`);
      return;
    }
    s.target = t;
  }
}

class BlockState {
  /** gotos to labels not seen yet */
  forward: BranchStmt[] = [];
  /** those of them that the latest variable declaration came after */
  skipping: BranchStmt[] = [];
  varPos: Pos = 0;
  varName = '';

  varDecl(pos: Pos, name: string): void {
    this.varPos = pos;
    this.varName = name;
    this.skipping = this.forward.slice();
  }
}

function encloses(b: Block | null, found: (b: Block) => boolean): boolean {
  for (; b; b = b.parent) if (found(b)) return true;
  return false;
}

function isTarget(s: Stmt, forBreak: boolean): boolean {
  switch (s.kind) {
    case 'ForStmt':
    case 'RangeStmt':
      return true;
    case 'SwitchStmt':
    case 'TypeSwitchStmt':
    case 'SelectStmt':
      return forBreak;
    default:
      return false;
  }
}
