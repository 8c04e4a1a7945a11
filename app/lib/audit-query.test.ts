import { describe, expect, test } from "vitest";
import { AUDIT_ACTIONS, auditQuery, type ChainedEntry } from "#contract/audit";
import { apiQuery, filterOf, linesOf, pageQuery } from "./audit-query.ts";
import { actionWords, auditNouns } from "./text-audit.ts";

const none = { noun: "", actor: "", target: "", from: "", until: "", cursor: "" };

describe("the audit page's address", () => {
  test("keeps what may be a filter, and leaves out what cannot be one", () => {
    const given = new URLSearchParams("noun=provider&actor=mem_1&target=a b&from=2026-11-01&until=2026-11-20&cursor=7");
    const filter = {
      ...none,
      noun: "provider",
      actor: "mem_1",
      target: "a b",
      from: "2026-11-01",
      until: "2026-11-20",
      cursor: "7",
    };
    expect(filterOf(given)).toEqual(filter);
    expect(filterOf(new URLSearchParams(pageQuery(filter, {})))).toEqual(filter);
    expect(filterOf(new URLSearchParams("noun=A!&from=yesterday&until=2026-13-40&cursor=-1&actor=a b"))).toEqual(none);
  });

  test("asks the api for whole days, in a form that it takes", () => {
    const query = new URLSearchParams(apiQuery({ ...none, noun: "provider", from: "2026-11-20", until: "2026-11-20" }));
    expect(Object.fromEntries(query)).toEqual({
      limit: "50",
      action: "provider.",
      from: "2026-11-20T00:00:00.000Z",
      to: "2026-11-21T00:00:00.000Z",
    });
    expect(auditQuery.safeParse(Object.fromEntries(query)).success).toBe(true);
  });

  test("every action has words, and every noun a name", () => {
    for (const action of AUDIT_ACTIONS) {
      expect(actionWords(action)).not.toBe(action);
      expect(auditNouns).toHaveProperty(action.split(".")[0] ?? "");
    }
    expect(actionWords("ship.launch")).toBe("ship.launch");
  });

  test("a request that was refused is one line; others that share nothing stay as they are", () => {
    const entry = (seq: number, requestId: string | null, outcome: "done" | "refused" | "failed") =>
      ({ seq, requestId, outcome, action: "provider.remove" }) as ChainedEntry;
    const entries = [
      entry(6, null, "done"),
      entry(5, null, "done"),
      entry(4, "b", "refused"),
      entry(3, "a", "done"),
      entry(2, "b", "done"),
      entry(1, "c", "failed"),
    ];
    expect(linesOf(entries).map(({ entry: { seq }, begun }) => [seq, begun])).toEqual([
      [6, null],
      [5, null],
      [4, 2],
      [3, null],
      [1, null],
    ]);
  });
});
