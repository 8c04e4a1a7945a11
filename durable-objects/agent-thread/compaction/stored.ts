import { z } from "zod";
import type { ThreadStore } from "../store.ts";
import type { Entry } from "./plan.ts";

/** What stands for the messages up to `upto`: their summary, or null where they were left out without one. */
export interface Compaction {
  upto: number;
  summary: string | null;
}

const compactionRow = z.object({ upto: z.number(), summary: z.string().nullable() });

export function addCompaction(store: ThreadStore, runId: string, { upto, summary }: Compaction): void {
  store.sql.exec("INSERT INTO compactions (run_id, upto, summary) VALUES (?, ?, ?)", runId, upto, summary);
}

/** What the model reads of the thread: what came after the newest compaction, and the note that stands for the rest. */
export function contextEntries(store: ThreadStore): Entry[] {
  return entriesAfter(store, newest(store, ""));
}

/** What a summary of everything up to `upto` is made from: also what an earlier compaction left out without one. */
export function sourceEntries(store: ThreadStore, upto: number): Entry[] {
  return entriesAfter(store, newest(store, "WHERE summary IS NOT NULL")).filter((one) => one.n <= upto);
}

function newest(store: ThreadStore, where: string): Compaction | null {
  const row = store.sql
    .exec(`SELECT upto, summary FROM compactions ${where} ORDER BY upto DESC, n DESC LIMIT 1`)
    .toArray()[0];
  return row ? compactionRow.parse(row) : null;
}

function entriesAfter(store: ThreadStore, compaction: Compaction | null): Entry[] {
  if (compaction === null) return store.entries(0);
  return [noteOf(compaction), ...store.entries(compaction.upto)];
}

/** The message that stands for what was compacted. */
export function noteOf({ upto, summary }: Compaction): Entry {
  const content =
    summary === null
      ? "(Earlier turns of this conversation are left out here: they no longer fit. Ask if you need to know of them.)"
      : `(Earlier turns of this conversation are left out here. This is a summary of them.)\n\n${summary}`;
  return { n: upto, runId: null, message: { role: "user", content } };
}
