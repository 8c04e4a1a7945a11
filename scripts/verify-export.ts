import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import canonicalize from "canonicalize";
import { linesOf, verifyExport } from "../workers/shared/domain/conversation/export-chain.ts";

/** Checks a conversation or an audit log exported as JSON lines, without a network: `node scripts/verify-export.mjs FILE`. */
const [file, ...more] = process.argv.slice(2);
if (!file || more.length > 0) {
  console.error("usage: node scripts/verify-export.mjs FILE");
  process.exit(2);
}
const tools = {
  canonical: (value: unknown) => canonicalize(value) ?? "",
  hash: (text: string) => createHash("sha256").update(text, "utf8").digest("hex"),
};
try {
  const verdict = await verifyExport(linesOf(createReadStream(file)), tools);
  if (verdict.ok) console.log(`${verdict.events} events, chain whole, digest ${verdict.digest}`);
  else console.error(`line ${verdict.line}: ${verdict.reason}`);
  process.exitCode = verdict.ok ? 0 : 1;
} catch (error) {
  console.error(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
