import type { LogPage, LogRange } from "#platform/rpc";

/** Characters of a page; an event that is longer is a page of its own. */
const PAGE_CHARS = 512 * 1024;

/** Stored envelopes after `after` up to `upTo` as their JSON, of every type, as many as fit a page. */
export function logPage(sql: SqlStorage, { after, upTo }: LogRange): LogPage {
  const page: LogPage = { bodies: [], next: after };
  let room = PAGE_CHARS;
  for (const row of sql.exec("SELECT seq, body FROM events WHERE seq > ? AND seq <= ? ORDER BY seq", after, upTo)) {
    const body = String(row.body);
    room -= body.length;
    if (room < 0 && page.bodies.length > 0) break;
    page.bodies.push(body);
    page.next = Number(row.seq);
  }
  return page;
}
