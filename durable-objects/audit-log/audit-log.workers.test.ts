import { describe, expect, it } from "vitest";
import { unwrap } from "#platform/problem-response";
import { auditStub } from "#platform/stubs";
import { testEnv } from "../../workers/shared/testing/world.ts";
import { makeLog, record, verdictOf } from "./testing/log.ts";

const DAY_MS = 86_400_000;
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();

describe("the audit log", () => {
  it("AU1 AU2 numbers what a hundred callers append at once, each once, in one whole chain", async () => {
    const one = makeLog();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) => one.append(record({ target: `t${n}` }), record({ target: `u${n}` }))),
    );
    const seqs = answers.flatMap((answer) => unwrap(answer));
    expect(seqs.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, n) => n + 1));
    for (const [first = 0, second = 0] of answers.map((answer) => unwrap(answer))) expect(second).toBe(first + 1);
    expect(await one.verdict()).toMatchObject({ ok: true, events: 200 });
    const { items } = unwrap(await one.log.page(one.orgId, { limit: 200 }));
    for (const [index, item] of items.slice(0, -1).entries()) expect(item.prev).toBe(items[index + 1]?.digest);
  });

  it("AU2 a failing write stores and acknowledges nothing of its group, and the next goes on", async () => {
    const one = makeLog();
    await one.append(record());
    await one.sql(
      "CREATE TRIGGER broken BEFORE INSERT ON entries WHEN NEW.seq = 3 BEGIN SELECT RAISE(ABORT, 'full'); END",
    );
    expect(await one.append(record(), record())).toMatchObject({ ok: false, problem: { code: "unavailable" } });
    expect(await one.seqs()).toEqual([1]);
    await one.sql("DROP TRIGGER broken");
    expect(unwrap(await one.append(record(), record()))).toEqual([2, 3]);
    expect(await one.verdict()).toMatchObject({ ok: true, events: 3 });
  });

  it("AU13 refuses at once what is beyond a thousand waiting appends, and stores the rest", async () => {
    const one = makeLog();
    await one.append(record());
    const answers = await one.object(async (object) =>
      Promise.all(Array.from({ length: 1_005 }, () => object.append(one.orgId, [record()]))),
    );
    expect(answers.filter((answer) => answer.ok)).toHaveLength(1_000);
    expect(answers.find((answer) => !answer.ok)).toMatchObject({ problem: { code: "unavailable" } });
    expect(await one.verdict()).toMatchObject({ ok: true, events: 1_001 });
  });

  it("AU3 stores an entry with a key once, within one call, at once and later", async () => {
    const one = makeLog();
    const keyed = (key: string) => ({ ...record(), key });
    expect(unwrap(await one.append(keyed("a"), keyed("b"), keyed("a")))).toEqual([1, 2, 1]);
    const again = await Promise.all([one.append(keyed("b")), one.append(keyed("c")), one.append(keyed("c"))]);
    expect(again.map((answer) => unwrap(answer))).toEqual([[2], [3], [3]]);
    await one.evict();
    expect(unwrap(await one.append(keyed("a"), record()))).toEqual([1, 4]);
  });

  it("AU4 goes on after an eviction where it was", async () => {
    const one = makeLog();
    for (let n = 0; n < 4; n += 1) {
      await one.append(record());
      await one.evict();
    }
    expect(await one.seqs()).toEqual([4, 3, 2, 1]);
    expect(await one.verdict()).toMatchObject({ ok: true, events: 4 });
  });

  it.each([
    ["changed", "UPDATE entries SET body = replace(body, 'Ada', 'Eve') WHERE seq = 3"],
    [
      "changed with its digest",
      "UPDATE entries SET body = replace(body, 'Ada', 'Eve'), digest = replace(digest, 'a', 'b') WHERE seq = 3",
    ],
    ["removed in the middle", "DELETE FROM entries WHERE seq = 3"],
    ["removed at the beginning", "DELETE FROM entries WHERE seq = 1"],
    [
      "swapped",
      "UPDATE entries SET body = (SELECT body FROM entries AS o WHERE o.seq = 9 - entries.seq) WHERE seq IN (4, 5)",
    ],
    [
      "put in",
      "INSERT INTO entries SELECT 7, at, actor, action, target, NULL, digest, body FROM entries WHERE seq = 6",
    ],
  ])("AU6 the verifier refuses an export of rows that were %s", async (_what, statement) => {
    const one = makeLog();
    await one.append(...Array.from({ length: 6 }, (_, n) => record({ target: `t${n}` })));
    expect((await one.verdict()).ok).toBe(true);
    await one.sql(statement);
    const verdict = await one.verdict().catch((error: Error) => ({ ok: false, reason: error.message }));
    expect(verdict.ok).toBe(false);
  });

  it("AU7 filters, and pages without a gap or a repeat while more is written", async () => {
    const one = makeLog();
    const eve = { memberId: "mem_eve", kind: "human", name: "Eve", via: "api_key" } as const;
    await one.append(
      record({ at: daysAgo(3) }),
      record({ at: daysAgo(2), actor: eve, action: "provider.remove" }),
      record({ at: daysAgo(1), action: "budget.change", target: null }),
      record({ action: "repository.create", target: "rep_1" }),
    );
    const find = async (query: object) =>
      unwrap(await one.log.page(one.orgId, { limit: 50, ...query })).items.map((item) => item.seq);
    expect(await find({ actor: "mem_eve" })).toEqual([2]);
    expect(await find({ action: "provider" })).toEqual([2, 1]);
    expect(await find({ action: "provider.remove" })).toEqual([2]);
    expect(await find({ target: "rep_1" })).toEqual([4]);
    expect(await find({ from: daysAgo(2.5), to: daysAgo(0.5) })).toEqual([3, 2]);
    expect(await find({ actor: "nobody" })).toEqual([]);
    const first = unwrap(await one.log.page(one.orgId, { limit: 3 }));
    expect(first.items.map((item) => item.seq)).toEqual([4, 3, 2]);
    await one.append(record());
    const rest = unwrap(await one.log.page(one.orgId, { limit: 3, cursor: first.nextCursor ?? "" }));
    expect(rest).toMatchObject({ items: [{ seq: 1 }], nextCursor: null });
  });

  it("AU8 forgets what is too old, and the chain stays whole from its checkpoint", async () => {
    const one = makeLog();
    await one.append(record({ at: daysAgo(90) }), record({ at: daysAgo(60) }), record({ at: daysAgo(1) }), record());
    await one.log.setPolicy(one.orgId, { retentionDays: 0 });
    expect((await one.stored()).alarm).toBeNull();
    const whole = unwrap(await one.log.extent(one.orgId));
    await one.log.setPolicy(one.orgId, { retentionDays: 30 });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await one.alarm();
    expect(await one.seqs()).toEqual([4, 3]);
    const pruned = unwrap(await one.log.extent(one.orgId));
    expect(pruned.checkpoint.seq).toBe(2);
    expect(pruned.head).toEqual(whole.head);
    expect(await one.verdict()).toMatchObject({ ok: true, events: 2, digest: whole.head.digest });
    expect(unwrap(await one.append(record()))).toEqual([5]);
    const text = await one.exported();
    expect((await verdictOf(text.replace('"seq":2}', '"seq":1}'))).ok).toBe(false);
    expect((await one.stored()).alarm).toBeGreaterThan(Date.now() + 28 * DAY_MS);
  });

  it("AU8 a log that retention has emptied goes on with its numbers", async () => {
    const one = makeLog();
    await one.append(record({ at: daysAgo(90) }), record({ at: daysAgo(60) }));
    await one.log.setPolicy(one.orgId, { retentionDays: 30 });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await one.alarm();
    expect(await one.seqs()).toEqual([]);
    expect(await one.verdict()).toMatchObject({ ok: true, events: 0 });
    await one.evict();
    expect(unwrap(await one.append(record()))).toEqual([3]);
    expect(await one.verdict()).toMatchObject({ ok: true, events: 1 });
  });

  it("AU9 answers one org alone, and leaves nothing when it is erased", async () => {
    const one = makeLog();
    await one.append(record());
    await one.log.setPolicy(one.orgId, { retentionDays: 30 });
    const other = "org_00000000000000000000000000000000";
    for (const answer of [
      await one.log.append(other, [record()]),
      await one.log.page(other, { limit: 1 }),
      await one.log.extent(other),
      await one.log.lines(other, { after: 0, upTo: 9 }),
      await one.log.policy(other),
      await one.log.setPolicy(other, { retentionDays: 0 }),
      await one.log.erase(other),
    ])
      expect(answer).toMatchObject({ ok: false, problem: { code: "not_found" } });
    expect(await one.seqs()).toEqual([1]);
    unwrap(await auditStub(testEnv, one.orgId).erase(one.orgId));
    expect(await one.stored()).toEqual({ keys: 0, tables: [], alarm: null });
  });
});
