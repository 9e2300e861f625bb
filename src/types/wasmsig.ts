// The types that functions shared with the host may have: those of //go:wasmimport and //go:wasmexport.
//
// Source: cmd/compile's rules for these directives.

import { Kind, type Signature, type Type } from './types.ts';
import { asNamed, under } from './under.ts';

/** Why the host cannot share a function of that signature; '' if it can. str shows a type. */
export function hostSignatureError(sig: Signature, str: (t: Type) => string): string {
  for (const p of sig.params) {
    if (!isScalar(p.type!, true)) return `unsupported parameter type ${str(p.type!)}`;
  }
  if (sig.results.length > 1) return 'too many return values';
  const result = sig.results[0]?.type;
  if (result && !isScalar(result, false)) return `unsupported result type ${str(result)}`;
  return '';
}

function isScalar(t: Type, param: boolean): boolean {
  const u = under(t);
  if (u.tag === 'Pointer') return hasHostLayout(u.elem);
  if (u.tag !== 'Basic') return false;
  switch (u.kind) {
    case Kind.Int32:
    case Kind.Uint32:
    case Kind.Int64:
    case Kind.Uint64:
    case Kind.Float32:
    case Kind.Float64:
    case Kind.UnsafePointer:
    case Kind.Uintptr:
    case Kind.Bool:
      return true;
    case Kind.String:
      return param;
    default:
      return false;
  }
}

/** Whether the host may see what a pointer to t points at. */
function hasHostLayout(t: Type): boolean {
  const u = under(t);
  switch (u.tag) {
    case 'Basic':
      switch (u.kind) {
        case Kind.Int:
        case Kind.Uint:
        case Kind.Uintptr:
        case Kind.UnsafePointer:
        case Kind.String:
        case Kind.Complex64:
        case Kind.Complex128:
          return false;
        default:
          return true;
      }
    case 'Array':
      return hasHostLayout(u.elem);
    case 'Struct': {
      if (u.fields.length === 0) return true;
      let marked = false;
      for (const f of u.fields) {
        const n = asNamed(f.type!);
        if (n?.obj.name === 'HostLayout' && n.obj.pkg?.path === 'structs') marked = true;
        else if (!hasHostLayout(f.type!)) return false;
      }
      return marked;
    }
    default:
      return false;
  }
}
