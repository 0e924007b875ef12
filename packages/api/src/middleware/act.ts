import type { Act } from '@twohop/quota';
import type { Context } from '../context.ts';
import { Fault } from '../fault.ts';
import { ownerOf, type Principal } from './authenticate.ts';

/** What the audit log knows a user by. */
export const targetOf = ({ deps }: Context, owner: string): string => deps.hashName(`target:${owner}`);

/** What an admin is about to do, to a user or, null, to all. */
export type Acting = (what: string, uid: string | null, detail: object) => Act;

/** @throws Fault unless the caller is an admin */
export function actingOf(ctx: Context, { admin, issuer }: Principal): Acting {
  if (admin === null) throw new Fault('auth.forbidden');
  return (what, uid, detail) => ({
    atMs: Math.floor(ctx.deps.nowMs()),
    by: admin,
    what,
    target: uid === null ? null : targetOf(ctx, ownerOf(issuer, uid)),
    detail: JSON.stringify(detail),
  });
}
