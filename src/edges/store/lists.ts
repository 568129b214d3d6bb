/** Members of the stakeholder lists as kept: the configuration names the first ones, and has no say after that. */

import type { Address } from '../../core/identifiers.ts';
import type { Applicant } from '../../core/lists/applicants.ts';
import { isMemberEvent, isOfLists, memberAfter } from '../../core/lists/membership.ts';
import type { List, Member, StakeholderList } from '../../core/roster/people.ts';
import type { Change } from '../../flow/ports.ts';
import { momentText, nextNumber } from './columns.ts';
import type { Room } from './room.ts';
import type { Tx } from './writes.ts';

export const memberPlace = (id: string): string => `member:${id}`;

export async function listsOf(
  room: Room,
  configured: readonly List[],
  applicants: ReadonlyMap<Address, readonly Applicant[]>,
): Promise<readonly List[]> {
  return Promise.all(
    configured.map(async (list) => {
      if (list.kind !== 'stakeholders') return list;
      const waiting = applicants.get(list.address);
      return {
        ...(await withMembers(room, list)),
        ...(waiting === undefined || waiting.length === 0 ? {} : { applicants: waiting }),
      };
    }),
  );
}

async function withMembers(room: Room, list: StakeholderList): Promise<StakeholderList> {
  const id = await room.pseudonym('list', list.address);
  const row = await room.db.selectFrom('lists').select('id').where('id', '=', id).executeTakeFirst();
  if (row === undefined) await begin(room, id, list);
  const members = await membersOf(room, id);
  return { ...list, members: members.map(({ member }) => member) };
}

interface SealedMember {
  readonly id: string;
  readonly sealed: Uint8Array;
}

async function seal({ pseudonym, sealing }: Room, list: Address, member: Member): Promise<SealedMember> {
  const id = await pseudonym('member', list, member.address);
  return { id, sealed: await sealing.seal(member, memberPlace(id)) };
}

/** Only the first to begin a list puts the configured members in: removed later, they stay removed. */
async function begin(room: Room, id: string, list: StakeholderList): Promise<void> {
  const members = await Promise.all(list.members.map((member) => seal(room, list.address, member)));
  await room.db.transaction().execute(async (tx) => {
    if (await open(tx, id, room)) for (const member of members) await put(tx, id, member);
  });
}

/** True where the list was not there before. */
async function open(tx: Tx, id: string, { clock }: Room): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('lists')
    .values({ id, at: momentText(clock.now()) })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

async function put(tx: Tx, list: string, { id, sealed }: SealedMember): Promise<void> {
  await tx
    .insertInto('members')
    .values({ id, list, number: nextNumber('members'), sealed })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ sealed }))
    .execute();
}

async function membersOf(
  { db, sealing }: Room,
  list: string,
): Promise<readonly { readonly id: string; readonly member: Member }[]> {
  const rows = await db
    .selectFrom('members')
    .select(['id', 'sealed'])
    .where('list', '=', list)
    .orderBy('number')
    .execute();
  return Promise.all(
    rows.map(async ({ id, sealed }) => ({ id, member: await sealing.open<Member>(sealed, memberPlace(id)) })),
  );
}

/** A member's row before and after; null for one who was not there, or leaves. */
export interface ChangedMember {
  readonly id: string;
  readonly list: string;
  readonly before: Uint8Array | null;
  readonly sealed: Uint8Array | null;
}

/** What the events of the lists' chain make of members, ready to be written. Who is not on the list stays so. */
export async function sealMembers(
  { db, pseudonym, sealing }: Room,
  append: Change['append'],
): Promise<readonly ChangedMember[]> {
  const events = append.filter(isOfLists).map(({ event }) => event);
  const touched = Map.groupBy(events.filter(isMemberEvent), ({ list, member }) => `${list} ${member}`);
  const rows: ChangedMember[] = [];
  for (const [first, ...more] of touched.values()) {
    if (first === undefined) continue;
    const id = await pseudonym('member', first.list, first.member);
    const row = await db.selectFrom('members').select('sealed').where('id', '=', id).executeTakeFirst();
    const before = row === undefined ? null : await sealing.open<Member>(row.sealed, memberPlace(id));
    const after = [first, ...more].reduce<Member | null>(memberAfter, before);
    const sealed = after === null ? null : await sealing.seal(after, memberPlace(id));
    if (before === null && sealed === null) continue;
    rows.push({ id, list: await pseudonym('list', first.list), before: row?.sealed ?? null, sealed });
  }
  return rows;
}

/** False where another process has changed a member meanwhile: the change is to be made ready again. */
export async function changeMembers(tx: Tx, rows: readonly ChangedMember[]): Promise<boolean> {
  for (const row of rows) if ((await changeMember(tx, row)) !== 1n) return false;
  return true;
}

/** How many rows were changed: one, where the member still is as they were. */
async function changeMember(tx: Tx, { id, list, before, sealed }: ChangedMember): Promise<bigint | undefined> {
  if (before === null)
    return sealed === null
      ? 1n
      : (
          await tx
            .insertInto('members')
            .values({ id, list, number: nextNumber('members'), sealed })
            .onConflict((conflict) => conflict.column('id').doNothing())
            .executeTakeFirst()
        ).numInsertedOrUpdatedRows;
  if (sealed === null)
    return (await tx.deleteFrom('members').where('id', '=', id).where('sealed', '=', before).executeTakeFirst())
      .numDeletedRows;
  const update = tx.updateTable('members').set({ sealed }).where('id', '=', id).where('sealed', '=', before);
  return (await update.executeTakeFirst()).numUpdatedRows;
}
