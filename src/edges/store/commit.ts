/** One change, whole or not at all: events, effects, deadlines and the end of the mail in a single transaction. */

import type { Recorded } from '../../core/cases/events.ts';
import type { MailId } from '../../core/identifiers.ts';
import type { Change, Consequences } from '../../flow/ports.ts';
import { momentText } from './columns.ts';
import { type Drafted, draft, type Heads, moveHead, placeOf, readHeads, writeEvents } from './events.ts';
import { enqueue, type SealedEffect, sealEffects } from './enqueue.ts';
import { learn, sealKeys, type SealedKey } from './known-keys.ts';
import { type ChangedMember, changeMembers, sealMembers } from './lists.ts';
import type { Room } from './room.ts';
import { Overtaken } from './unusable.ts';
import { oneAtATime, type Tx } from './writes.ts';

/** All that the transaction writes, sealed beforehand: nothing in it waits for anything but the database. */
interface Ready {
  readonly change: Change;
  readonly heads: Heads;
  readonly drafted: readonly Drafted[];
  readonly payloads: readonly Uint8Array[];
  readonly effects: readonly SealedEffect[];
  readonly deadlines: Consequences['deadlines'];
  readonly why: Uint8Array | null;
  readonly learned: readonly SealedKey[];
  readonly members: readonly ChangedMember[];
  readonly messageIds: readonly { readonly name: string; readonly case_id: string }[];
}

/** Undoes the transaction; the change is made ready again from the new heads. */
class HeadMoved extends Error {}

/**
 * Sealing takes its time, and no transaction stays open meanwhile. So a change is first worked out and sealed against the
 * heads of the chains as they are, then written if they still are so, and otherwise worked out anew. In this process changes
 * wait for each other; only another process makes one start again.
 */
export function committer(room: Room): (change: Change) => Promise<readonly Recorded[]> {
  const inTurn = oneAtATime();
  return (change) =>
    inTurn(async () => {
      for (;;) {
        const ready = await makeReady(room, change);
        try {
          const written = await room.db.transaction().execute((tx) => write(tx, ready));
          return written ? ready.drafted.map(({ recorded }) => recorded) : [];
        } catch (error) {
          if (!(error instanceof HeadMoved)) throw error;
        }
      }
    });
}

async function makeReady(room: Room, change: Change): Promise<Ready> {
  const heads = await readHeads(room.db, [...new Set(change.append.map((each) => each.case))]);
  if (isOvertaken(change, heads)) throw new Overtaken();
  const drafted = draft(change, heads);
  const { effects, deadlines } = change.consequences(drafted.map(({ recorded }) => recorded));
  const { sealing } = room;
  const { mail } = change;
  return {
    change,
    heads,
    drafted,
    deadlines,
    payloads: await Promise.all(drafted.map(({ row, payload }) => sealing.sealBytes(payload, placeOf(row.sequence)))),
    effects: await sealEffects(room, effects, change.at),
    why: mail === null || mail.why === null ? null : await sealing.seal(mail.why, `why:${mail.id}`),
    learned: await sealKeys(room, change.learned, change.at),
    members: await sealMembers(room, change.append),
    messageIds: await Promise.all(
      change.messageIds.map(async (each) => ({
        name: await room.pseudonym('message-id', each.id),
        case_id: each.case,
      })),
    ),
  };
}

/** A decision is stale if its case has gone on since, and surely if the case that it opens is there by now. */
function isOvertaken({ after, append }: Change, { cases }: Heads): boolean {
  const [first] = append;
  if (after !== undefined && first !== undefined && cases.get(first.case)?.sequence !== after) return true;
  const opens = append.filter(({ event }) => ['reported', 'opened', 'split-off'].includes(event.type));
  return opens.some((each) => cases.has(each.case));
}

/** False, and nothing written, where the mail was dealt with before: to commit twice is to commit once. */
async function write(tx: Tx, ready: Ready): Promise<boolean> {
  const { change, heads, drafted } = ready;
  const at = momentText(change.at);
  if (!(await endMail(tx, ready, at))) return false;
  await waitAgain(tx, change.again ?? []);
  if (!(await moveHead(tx, heads.log, drafted))) throw new HeadMoved();
  await writeEvents(tx, drafted, ready.payloads);
  await enqueue(tx, ready.effects);
  await replaceDeadlines(tx, ready.deadlines);
  await learn(tx, ready.learned);
  if (!(await changeMembers(tx, ready.members))) throw new HeadMoved();
  for (const digest of change.signatures)
    await tx
      .insertInto('signatures_seen')
      .values({ digest, at })
      .onConflict((conflict) => conflict.column('digest').doNothing())
      .execute();
  await rememberMessageIds(tx, ready.messageIds);
  return true;
}

async function endMail(tx: Tx, { change: { mail }, why }: Ready, at: string): Promise<boolean> {
  if (mail === null) return true;
  const { numUpdatedRows } = await tx
    .updateTable('mails')
    .set({ state: mail.outcome, ended_at: at, why })
    .where('id', '=', mail.id)
    .where('state', '=', 'kept')
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Mails that are handled once more. */
async function waitAgain(tx: Tx, mails: readonly MailId[]): Promise<void> {
  for (const id of mails)
    await tx
      .updateTable('mails')
      .set({ state: 'kept', ended_at: null, why: null })
      .where('id', '=', id)
      .where('state', '=', 'handled')
      .execute();
}

async function replaceDeadlines(tx: Tx, deadlines: Consequences['deadlines']): Promise<void> {
  for (const [id, due] of deadlines) {
    await tx.deleteFrom('deadlines').where('case_id', '=', id).execute();
    for (const { case: case_id, at, command } of due)
      await tx
        .insertInto('deadlines')
        .values({ case_id, at: momentText(at), command })
        .onConflict((conflict) => conflict.columns(['case_id', 'at', 'command']).doNothing())
        .execute();
  }
}

/** From here on a reply to one of these belongs to its case. */
export async function rememberMessageIds(
  tx: Tx,
  messageIds: readonly { readonly name: string; readonly case_id: string }[],
): Promise<void> {
  for (const row of messageIds)
    await tx
      .insertInto('message_ids')
      .values(row)
      .onConflict((conflict) => conflict.columns(['name', 'case_id']).doNothing())
      .execute();
}
