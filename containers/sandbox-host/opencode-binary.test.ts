import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fetchOpenCode } from "./opencode-binary.ts";
import { OPENCODE_BIN, OPENCODE_PIN } from "./opencode-pin.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "quayside-opencode-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

describe("fetching OpenCode", () => {
  it("is pinned to an exact version, with the digest of the binary this was tested with", () => {
    expect(OPENCODE_PIN.version).toMatch(/^1\.18\.\d+$/);
    expect(OPENCODE_PIN.integrity["opencode-linux-x64-baseline"]).toMatch(/^sha512-/);
  });

  it("says in a sentence that it could not be fetched, and leaves nothing, of a crash before it neither", async () => {
    const installed = path.join(root, path.dirname(OPENCODE_BIN));
    const broken = path.join(installed, ".staging-old");
    mkdirSync(broken, { recursive: true });
    utimesSync(broken, 0, 0);
    vi.stubEnv("npm_config_registry", "http://127.0.0.1:9");
    vi.stubEnv("npm_config_fetch_retries", "0");
    vi.stubEnv("npm_config_cache", path.join(root, "cache"));
    const tries = await Promise.allSettled([fetchOpenCode(root), fetchOpenCode(root)]);
    for (const one of tries)
      expect(one).toMatchObject({
        status: "rejected",
        reason: { message: expect.stringMatching(/^OpenCode 1\.18\.\d+ could not be fetched/) },
      });
    expect(readdirSync(installed)).toEqual([]);
    expect(existsSync(path.join(root, OPENCODE_BIN))).toBe(false);
  }, 60_000);
});
