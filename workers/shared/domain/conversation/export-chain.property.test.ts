import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ExportHeader } from "#contract/export";
import { chainExport, linesOf, type Verdict, verifyExport } from "./export-chain.ts";

const tools = {
  canonical: (value: unknown) => canonicalize(value) ?? "",
  hash: (text: string) => createHash("sha256").update(text, "utf8").digest("hex"),
};
const CONVERSATION = "cnv_0197a0c0f00070008000000000000001";
const headerOf = (events: number): ExportHeader => ({
  format: "quayside-export",
  version: 1,
  conversationId: CONVERSATION,
  title: 'Zwölf \u{1F6A2} \ufffd "boats"\n',
  exportedAt: "2026-11-20T08:00:00.000Z",
  events,
});

/** An export of events with these contents, one line a string, each with its end. */
async function exported(contents: unknown[]): Promise<string[]> {
  const events = contents.map((content, index) => ({ seq: index + 1, event: { type: "message.posted", content } }));
  async function* pages() {
    for (let from = 0; from < events.length; from += 2) yield events.slice(from, from + 2);
  }
  let text = "";
  for await (const piece of chainExport(headerOf(events.length), pages(), tools)) text += piece;
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => `${line}\n`);
}

function verdictOf(bytes: Uint8Array, chunk = 37): Promise<Verdict> {
  async function* chunks() {
    for (let from = 0; from < bytes.length; from += chunk) yield bytes.subarray(from, from + chunk);
  }
  return verifyExport(linesOf(chunks()), tools);
}
const verdictOfLines = (lines: string[]) => verdictOf(Buffer.from(lines.join("")));

const contents = fc.array(
  fc.oneof(
    fc.string({ unit: "binary" }),
    fc.json().map((text) => JSON.parse(text)),
    fc.constant("\ufffd"),
  ),
  {
    maxLength: 6,
  },
);

describe("the chain of an export", () => {
  test("CV29 an export of any log is whole, and its digest is that of the last line", async () => {
    await fc.assert(
      fc.asyncProperty(contents, fc.integer({ min: 1, max: 400 }), async (list, chunk) => {
        const lines = await exported(list);
        const { digest } = JSON.parse(lines.at(-1) ?? "");
        expect(await verdictOf(Buffer.from(lines.join("")), chunk)).toEqual({ ok: true, events: list.length, digest });
      }),
    );
  });

  test("CV29 the digests are those that the format says", async () => {
    const lines = await exported(["one"]);
    const [header = "", event = "", footer = ""] = lines.map((line) => line.trimEnd());
    const sha = (text: string) => createHash("sha256").update(text).digest("hex");
    const envelope = '{"event":{"content":"one","type":"message.posted"},"seq":1}';
    const digest = sha(`${sha(header)}\n${envelope}`);
    expect(event).toBe(`{"digest":"${digest}","envelope":${envelope},"prev":"${sha(header)}","seq":1}`);
    expect(footer).toBe(`{"digest":"${digest}","events":1,"type":"end"}`);
  });

  test("CV30 every single changed byte of every line is refused", async () => {
    const bytes = Buffer.from(
      (await exported(["Zwölf \ufffd", { n: 10, list: [1.5, null, "\u0001\ud800"] }])).join(""),
    );
    for (let at = 0; at < bytes.length; at += 1) {
      for (const flip of [0x01, 0x20, 0x80, 0xff]) {
        const changed = Buffer.from(bytes);
        changed[at] = (bytes[at] ?? 0) ^ flip;
        expect({ at, flip, ok: (await verdictOf(changed, 10_000)).ok }).toEqual({ at, flip, ok: false });
      }
    }
    await fc.assert(
      fc.asyncProperty(contents, fc.nat(), fc.integer({ min: 1, max: 255 }), async (list, place, flip) => {
        const changed = Buffer.from((await exported(list)).join(""));
        const at = place % changed.length;
        changed[at] = (changed[at] ?? 0) ^ flip;
        expect((await verdictOf(changed)).ok).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test("CV30 a removed, swapped, repeated or cut line is refused, wherever it is", async () => {
    await fc.assert(
      fc.asyncProperty(contents, fc.nat(), fc.nat(), async (list, a, b) => {
        const lines = await exported(list);
        const [from, to] = [a % lines.length, b % lines.length];
        const line = lines[from] ?? "";
        expect((await verdictOfLines(lines.toSpliced(from, 1))).ok).toBe(false);
        expect((await verdictOfLines(lines.toSpliced(to, 0, line))).ok).toBe(false);
        const swapped = lines.with(from, lines[to] ?? "").with(to, line);
        expect((await verdictOfLines(swapped)).ok).toBe(from === to);
        const whole = Buffer.from(lines.join(""));
        expect((await verdictOf(whole.subarray(0, a % whole.length))).ok).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  test("CV30 says which line is wrong and why", async () => {
    const lines = await exported(["one", "two", "three"]);
    const [header = "", one = "", two = "", three = "", end = ""] = lines;
    const cases: [string[], number, RegExp][] = [
      [[header, one.replace("one", "won"), two, three, end], 2, /^changed: its digest/],
      [[header.replace("boats", "goats"), one, two, three, end], 2, /^changed: it does not follow/],
      [[header, two, three, end], 2, /^missing or reordered: event 2 stands where 1 belongs/],
      [[header, one, one, two, three, end], 3, /^repeated or reordered/],
      [[header, one, two, end], 4, /^missing: 2 events/],
      [[header, one, two, three], 5, /^truncated/],
      [[header, one, two, three, end, end], 6, /after the end/],
      [[one, two, three, end], 1, /^missing: it is not the header/],
      [[header.replace('"version":1', '"version":2'), one, two, three, end], 1, /^unknown version: 2/],
      [[header, one, two, three, end.trimEnd()], 5, /^truncated/],
      [[header, one.replace(":", ": "), two, three, end], 2, /canonical/],
      [[], 1, /^truncated/],
    ];
    for (const [changed, line, reason] of cases) {
      expect(await verdictOfLines(changed)).toEqual({ ok: false, line, reason: expect.stringMatching(reason) });
    }
  });

  test("CV29 a log that ends early or has a gap makes no whole file", async () => {
    async function drain(events: { seq: number }[]) {
      async function* pages() {
        yield events;
      }
      for await (const _ of chainExport(headerOf(2), pages(), tools));
    }
    await expect(drain([{ seq: 1 }])).rejects.toThrow("ends at event 1");
    await expect(drain([{ seq: 1 }, { seq: 3 }])).rejects.toThrow("event 2 is missing");
  });
});
