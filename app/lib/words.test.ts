import { describe, expect, test } from "vitest";
import { diffLines } from "../components/transcript/diff-lines.ts";
import { absoluteTime, between, bytes, cost, duration, relativeTime } from "./format.ts";
import { preferenceCookies, readPreferences } from "./preferences.ts";
import { createOf, patchOf } from "./provider-form.ts";

describe("format", () => {
  test("times, sizes and costs carry their units", () => {
    const at = "2026-11-20T08:00:00.000Z";
    expect(relativeTime(at, Date.parse(at) + 1_000)).toBe("just now");
    expect(relativeTime(at, Date.parse(at) + 5 * 60_000)).toBe("5 min. ago");
    expect(relativeTime(at, Date.parse(at) + 30 * 86_400_000)).toBe("2026-11-20");
    expect(absoluteTime(at)).toBe("2026-11-20 08:00:00 UTC");
    expect([400, 12_000, 185_000, 7_500_000].map(duration)).toEqual(["0.4 s", "12 s", "3 min 5 s", "2 h 5 min"]);
    expect(between(at, null)).toBeNull();
    expect([0, 4_200, 1_230_000].map(cost)).toEqual(["$0", "$0.0042", "$1.23"]);
    expect([12, 2048, 3 * 1024 * 1024].map(bytes)).toEqual(["12 B", "2.0 KiB", "3.0 MiB"]);
  });
});

describe("diff lines", () => {
  test("file headers are left out, content that looks like them is not", () => {
    const diff = "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n--- was a comment\n+-- is one\n same\n";
    expect(diffLines(diff).map((one) => one.kind)).toEqual(["hunk", "remove", "add", "same"]);
  });

  test("a diff without headers is all content", () => {
    expect(diffLines("-a\n+b").map((one) => one.kind)).toEqual(["remove", "add"]);
  });
});

describe("preferences", () => {
  test("come back from the cookies that keep them, and fall back to the system's", () => {
    const kept = preferenceCookies({ theme: "dark", contrast: "high", nav: "narrow" }).map((one) => one.split(";")[0]);
    expect(readPreferences(kept.join("; "))).toEqual({ theme: "dark", contrast: "high", nav: "narrow" });
    expect(readPreferences("qs_theme=purple")).toEqual({ theme: "system", contrast: "normal", nav: "open" });
  });
});

describe("provider form", () => {
  const form = (entries: Record<string, string>) => {
    const data = new FormData();
    for (const [name, value] of Object.entries(entries)) data.set(name, value);
    return data;
  };

  test("names one model a line, once, and keeps what is known of them", () => {
    const known = [{ name: "large", contextTokens: 8000, price: null }];
    const made = createOf(
      form({
        kind: "openai",
        name: " Acme ",
        slug: "acme",
        models: "large\nsmall\n\nlarge",
        knownModels: JSON.stringify(known),
      }),
    );
    expect(made).toMatchObject({ kind: "openai", name: "Acme", baseUrl: null, enabled: false });
    expect(made.models).toEqual([...known, { name: "small", contextTokens: null, maxOutputTokens: null, price: null }]);
  });

  test("an empty key keeps the present one", () => {
    expect(patchOf(form({ name: "Acme", apiKey: "" }))).not.toHaveProperty("apiKey");
    expect(patchOf(form({ name: "Acme", apiKey: "k" }))).toHaveProperty("apiKey", "k");
  });
});
