import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";

/** Where the pin is, and below it what was fetched. */
export const OPENCODE_ROOT = path.join(import.meta.dirname, "..", "opencode");

const schema = z
  .object({ dependencies: z.object({ "opencode-ai": z.string() }), integrity: z.record(z.string(), z.string()) })
  .transform(({ dependencies, integrity }) => ({ version: dependencies["opencode-ai"], integrity }));

/** The exact version, and digests of its packages as npm writes them. */
export const OPENCODE_PIN = schema.parse(JSON.parse(readFileSync(path.join(OPENCODE_ROOT, "package.json"), "utf8")));

/** Directory of the binary `opencode` below `OPENCODE_ROOT`. A new version is another directory. */
export const OPENCODE_BIN = path.join("installed", OPENCODE_PIN.version);
