import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import * as whole from "@ai-sdk/google/internal";
import { expect, it } from "vitest";

const SCRIPT = fileURLToPath(new URL("lean-google.mjs", import.meta.url));
const LEAN = new URL("../../.wrangler/lean/google.js", import.meta.url);

it("is the package's own code without what keeps the rest of it in the bundle", async () => {
  execFileSync(process.execPath, [SCRIPT]);
  const lean = await import(/* @vite-ignore */ LEAN.href);
  expect(Object.keys(lean).sort()).toEqual(Object.keys(whole).sort());
  expect(lean.GoogleLanguageModel.toString()).not.toContain("WORKFLOW");
  expect(whole.GoogleLanguageModel.toString()).toContain("WORKFLOW");
});
