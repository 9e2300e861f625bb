// Struct types.
//
// Source: Go specification, "Struct types"; wording of gc 1.26.

import type { BasicLit, Expr, Ident, StructType } from '../syntax/nodes.ts';
import type { Checker } from './checker.ts';
import { makeFromLiteral, stringVal } from './constant.ts';
import { ErrorDesc } from './errors.ts';
import { deref } from './lookup.ts';
import { startPos } from './positions.ts';
import { isTypeParam, isValid } from './predicates.ts';
import { recordDef } from './record.ts';
import { Kind, type Struct, type Type, Var } from './types.ts';
import { varType } from './typexpr.ts';
import { under } from './under.ts';

/** Fills in the struct type. */
export function structType(c: Checker, styp: Struct, e: StructType): void {
  const fields: Var[] = [];
  const tags: string[] = [];
  const seen = new Map<string, Var>();
  const add = (id: Ident, t: Type, embedded: boolean, tag: string): void => {
    const f = new Var(id.pos, c.pkg, id.name, t, 'field', embedded);
    if (id.name !== '_') {
      const alt = seen.get(id.name);
      if (alt) {
        const err = new ErrorDesc().add(id.pos, `${id.name} redeclared`);
        c.addAltDecl(err, alt);
        c.report(err);
        return;
      }
      seen.set(id.name, f);
    }
    if (tag) {
      while (tags.length < fields.length) tags.push('');
      tags.push(tag);
    }
    fields.push(f);
    recordDef(id, f);
  };

  for (const f of e.fields) {
    const t = varType(c, f.type);
    const tag = f.tag ? tagValue(f.tag) : '';
    if (f.names.length > 0) {
      for (const id of f.names) add(id, t, false, tag);
      continue;
    }
    const id = embeddedName(f.type);
    if (!id) {
      c.error(startPos(f.type), `invalid embedded field type ${c.exprstr(f.type)}`);
      continue;
    }
    // the identifier is a use of the type, and declares the field as well
    const { obj, isDef } = id;
    add(id, t, true, tag);
    id.obj = obj;
    id.isDef = isDef;
    c.later(() => checkEmbedded(c, startPos(f.type), t));
  }
  styp.fields = fields;
  styp.tags = tags;
}

function checkEmbedded(c: Checker, pos: number, embedded: Type): void {
  const [t, isPtr] = deref(embedded);
  const u = under(t);
  if (isTypeParam(t)) c.error(pos, 'embedded field type cannot be a (pointer to a) type parameter');
  else if (u.tag === 'Basic') {
    if (isValid(t) && u.kind === Kind.UnsafePointer) c.error(pos, 'embedded field type cannot be unsafe.Pointer');
  } else if (u.tag === 'Pointer') c.error(pos, 'embedded field type cannot be a pointer');
  else if (u.tag === 'Interface' && isPtr) c.error(pos, 'embedded field type cannot be a pointer to an interface');
}

/** The identifier an embedded field is called by. */
function embeddedName(e: Expr): Ident | null {
  switch (e.kind) {
    case 'Ident':
      return e;
    case 'StarExpr':
      return e.x.kind === 'StarExpr' ? null : embeddedName(e.x);
    case 'SelectorExpr':
      return e.sel;
    case 'IndexExpr':
      return embeddedName(e.x);
    case 'ParenExpr':
      return embeddedName(e.x);
    default:
      return null;
  }
}

function tagValue(tag: BasicLit): string {
  if (tag.bad) return '';
  const v = makeFromLiteral(tag.value, tag.lit);
  return v.kind === 'string' ? stringVal(v) : '';
}
