import type { ChainedEntry } from "#contract/audit";

/** What people filter by, as it stands in the page's address. */
export interface AuditFilter {
  noun: string;
  actor: string;
  target: string;
  /** A date, such as `2026-11-20`; both ends are included. */
  from: string;
  until: string;
  cursor: string;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;

/** The filter of an address; what cannot be one is left out. */
export function filterOf(search: URLSearchParams): AuditFilter {
  const word = (name: string, form: RegExp) => {
    const value = (search.get(name) ?? "").trim();
    return form.test(value) ? value : "";
  };
  return {
    noun: word("noun", /^[a-z_]{1,40}$/),
    actor: word("actor", /^\S{1,64}$/),
    target: word("target", /^.{1,300}$/),
    from: isDay(word("from", DATE)),
    until: isDay(word("until", DATE)),
    cursor: word("cursor", /^[1-9]\d{0,14}$/),
  };
}

/** The query of the api for a filter. Days are of UTC, as the times that the page shows in full. */
export function apiQuery({ noun, actor, target, from, until, cursor }: AuditFilter): string {
  const query = new URLSearchParams({ limit: "50" });
  const given = {
    action: noun && `${noun}.`,
    actor,
    target,
    from: from && new Date(from).toISOString(),
    to: until && new Date(Date.parse(until) + DAY_MS).toISOString(),
    cursor,
  };
  for (const [name, value] of Object.entries(given)) if (value) query.set(name, value);
  return `?${query}`;
}

/** The page's address with some of the filter changed. */
export function pageQuery(filter: AuditFilter, changes: Partial<AuditFilter>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...filter, ...changes })) if (value) query.set(name, value);
  return `?${query}`;
}

function isDay(text: string): string {
  return text !== "" && !Number.isNaN(Date.parse(text)) ? text : "";
}

/**
 * Entries as the page shows them: a request that was refused or failed is one line, which knows the entry that let it through.
 */
export function linesOf(entries: ChainedEntry[]): { entry: ChainedEntry; begun: number | null }[] {
  const keyOf = ({ requestId, action }: ChainedEntry) => `${requestId} ${action}`;
  const begun = new Map(entries.filter((one) => one.outcome === "done").map((one) => [keyOf(one), one.seq]));
  const ended = new Set(entries.filter((one) => one.outcome !== "done").map(keyOf));
  return entries
    .filter((one) => one.requestId === null || one.outcome !== "done" || !ended.has(keyOf(one)))
    .map((entry) => ({ entry, begun: entry.outcome === "done" ? null : (begun.get(keyOf(entry)) ?? null) }));
}
