import {
  type Exchange,
  exchange,
  type RecordedOutcome,
  type RecordedPart,
  type RunRecording,
} from "#contract/recording";
import { isoTime } from "#platform/clock";
import { redactJson } from "#platform/log";
import type { ThreadStore } from "../store.ts";
import type { Request } from "./request.ts";

/** UTF-16 units of all recordings of a thread; the oldest runs go first. */
const MAX_CHARS = 32 * 1024 * 1024;
/** How often the sum is looked at, in exchanges. */
const TRIM_EVERY = 50;

export interface Answered {
  request: Request;
  response: RecordedPart[] | RecordedOutcome;
  startedAt: number;
}

/**
 * The flight recorder: what a run asked of models and tools, and what it got, without credentials. To be called inside the
 * commit that makes the answer count, so that a recording has every step once, and none that was lost.
 */
export function record(store: ThreadStore, runId: string, { request, response, startedAt }: Answered): void {
  const { kind, digest, parts, blobs } = request;
  for (const [name, body] of blobs)
    store.sql.exec("INSERT INTO blobs (digest, body) VALUES (?, ?) ON CONFLICT DO NOTHING", name, body);
  const row = store.sql
    .exec(
      `INSERT INTO exchanges (run_id, kind, digest, request, refs, response, at, ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING n`,
      runId,
      kind,
      digest,
      JSON.stringify(parts),
      JSON.stringify([...blobs.keys()]),
      JSON.stringify(redactJson(response)),
      isoTime(startedAt),
      Math.max(0, Date.now() - startedAt),
    )
    .one();
  if (Number(row.n) % TRIM_EVERY === 0) trim(store, runId);
}

/** How many exchanges of a run are recorded. */
export function countRecorded(store: ThreadStore, runId: string): number {
  return Number(store.sql.exec("SELECT COUNT(*) AS n FROM exchanges WHERE run_id = ?", runId).one().n);
}

/** The runs that are recorded and over, oldest first. */
export function recordedRuns(store: ThreadStore): string[] {
  return store.sql
    .exec(
      `SELECT run_id, MIN(n) AS first FROM exchanges
       WHERE run_id IN (SELECT run_id FROM runs WHERE phase = 'done') GROUP BY run_id ORDER BY first`,
    )
    .toArray()
    .map((row) => String(row.run_id));
}

/** A run's recording, or null where there is none. Numbers of exchanges begin at 1 in each run. */
export function recordingOf(store: ThreadStore, runId: string): RunRecording | null {
  const row = store.run(runId);
  const rows = store.sql.exec("SELECT * FROM exchanges WHERE run_id = ? ORDER BY n", runId).toArray();
  if (row === null || rows.length === 0) return null;
  const { run, prompt, binding } = row.order;
  const refs = new Set(rows.flatMap((one): string[] => JSON.parse(String(one.refs))));
  const blobs = [...refs].flatMap((digest) =>
    store.sql
      .exec("SELECT body FROM blobs WHERE digest = ?", digest)
      .toArray()
      .map((blob): [string, string] => [digest, String(blob.body)]),
  );
  return {
    run: { id: run.id, model: run.model, executor: run.executor, contextTokens: row.contextTokens },
    prompt: redactJson(prompt),
    repository: binding.repository,
    exchanges: rows.map((one, index) => exchangeFrom(one, index + 1)),
    blobs: Object.fromEntries(blobs),
  };
}

function exchangeFrom(row: Record<string, SqlStorageValue>, n: number): Exchange {
  return exchange.parse({
    n,
    runId: row.run_id,
    kind: row.kind,
    digest: row.digest,
    request: JSON.parse(String(row.request)),
    response: JSON.parse(String(row.response)),
    at: row.at,
    ms: row.ms,
  });
}

/** Drops whole runs, oldest first, until all fits; never the one that is being recorded. */
export function trim(store: ThreadStore, current: string, maxChars = MAX_CHARS): void {
  for (const runId of recordedRuns(store)) {
    const size = Number(
      store.sql
        .exec(
          `SELECT (SELECT COALESCE(SUM(LENGTH(request) + LENGTH(response)), 0) FROM exchanges)
                + (SELECT COALESCE(SUM(LENGTH(body)), 0) FROM blobs) AS size`,
        )
        .one().size,
    );
    if (size <= maxChars || runId === current) return;
    store.sql.exec("DELETE FROM exchanges WHERE run_id = ?", runId);
    store.sql.exec(
      "DELETE FROM blobs WHERE digest NOT IN (SELECT one.value FROM exchanges, json_each(exchanges.refs) AS one)",
    );
  }
}
