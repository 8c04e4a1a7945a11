import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AuditHeader } from "#contract/audit";
import type { ExportLine } from "#contract/export";
import { auditOriginDigest, chainAudit, linesOf, linkDigest, type Verdict, verifyExport } from "./export-chain.ts";

const tools = {
  canonical: (value: unknown) => canonicalize(value) ?? "",
  hash: (text: string) => createHash("sha256").update(text, "utf8").digest("hex"),
};
const ORG = "org_0197a0c0f00070008000000000000001";

/** An export of entries with these contents, after `pruned` of them were removed; one line a string, each with its end. */
async function exported(contents: unknown[], pruned = 0): Promise<string[]> {
  let last = { seq: 0, digest: await auditOriginDigest(ORG, tools) };
  let checkpoint = last;
  const lines: ExportLine[] = [];
  for (const content of contents) {
    const envelope = { seq: last.seq + 1, content };
    const digest = await linkDigest(last.digest, envelope, tools);
    if (envelope.seq > pruned) lines.push({ seq: envelope.seq, prev: last.digest, digest, envelope });
    last = { seq: envelope.seq, digest };
    if (envelope.seq <= pruned) checkpoint = last;
  }
  const header: AuditHeader = {
    format: "quayside-audit",
    version: 1,
    orgId: ORG,
    exportedAt: "2026-11-20T08:00:00.000Z",
    checkpoint,
    events: lines.length,
  };
  async function* pages() {
    for (let from = 0; from < lines.length; from += 2) yield lines.slice(from, from + 2);
  }
  let text = "";
  for await (const piece of chainAudit(header, pages(), tools)) text += piece;
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => `${line}\n`);
}

function verdictOf(bytes: Uint8Array): Promise<Verdict> {
  async function* chunks() {
    yield bytes;
  }
  return verifyExport(linesOf(chunks()), tools);
}
const verdictOfLines = (lines: string[]) => verdictOf(Buffer.from(lines.join("")));
const contents = fc.array(
  fc.oneof(
    fc.string({ unit: "binary" }),
    fc.json().map((text) => JSON.parse(text)),
  ),
  { maxLength: 6 },
);

describe("the chain of an audit log", () => {
  test("AU5 AU8 an export is whole, from its beginning or from any checkpoint, and ends with the same digest", async () => {
    await fc.assert(
      fc.asyncProperty(contents, fc.nat(6), async (list, pruned) => {
        const from = Math.min(pruned, list.length);
        const [whole, rest] = [
          await verdictOfLines(await exported(list)),
          await verdictOfLines(await exported(list, from)),
        ];
        expect(whole).toMatchObject({ ok: true, events: list.length });
        expect(rest).toEqual({ ...whole, events: list.length - from });
      }),
    );
  });

  test("AU5 every changed byte of every line is refused", async () => {
    await fc.assert(
      fc.asyncProperty(contents, fc.nat(3), fc.nat(), async (list, pruned, place) => {
        const bytes = Buffer.from((await exported(list, Math.min(pruned, list.length))).join(""));
        for (const flip of [0x01, 0x20, 0x80, 0xff]) {
          const changed = Buffer.from(bytes);
          const at = place % changed.length;
          changed[at] = (bytes[at] ?? 0) ^ flip;
          expect({ at, flip, ok: (await verdictOf(changed)).ok }).toEqual({ at, flip, ok: false });
        }
      }),
      { numRuns: 400 },
    );
  });

  test("AU5 a removed, repeated, moved or cut line is refused, wherever it is", async () => {
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

  test("AU5 says what is wrong", async () => {
    const [header = "", one = "", two = "", end = ""] = await exported(["one", "two"]);
    const other = header.replace(ORG, ORG.replace("1", "2"));
    const cases: [string[], number, RegExp][] = [
      [[other, one, two, end], 1, /does not begin so/],
      [[header.replace("11-20", "11-21"), one, two, end], 4, /another header/],
      [[header, two, end], 2, /^missing or reordered: event 2 stands where 1 belongs/],
      [[header, one, two], 4, /^truncated/],
      [[header.replace('"version":1', '"version":9'), one, two, end], 1, /^unknown version: 9/],
      [[header, one, two, end.replace(/,"header":"[0-9a-f]+"/, "")], 4, /neither an event nor the end/],
    ];
    for (const [changed, line, reason] of cases) {
      expect(await verdictOfLines(changed)).toEqual({ ok: false, line, reason: expect.stringMatching(reason) });
    }
  });
});
