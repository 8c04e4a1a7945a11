import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { SEED_SQL } from "../../dev/seed-sql.ts";
import { type Served, servedSpec } from "./spec.ts";

/*
 * Serves the product: Miniflare writes the configuration (it has the simulators of D1 and R2), starts `workerd serve` and
 * stays out of the way. The product's socket is a direct one: no Worker of Miniflare's stands between it and the product.
 */
const spec = servedSpec.parse(JSON.parse(process.argv[2] ?? ""));
const miniflare = new Miniflare(convertV4MiniflareOptions(optionsOf(spec)));
await miniflare.ready;
await prepareDatabase();
process.on("SIGTERM", () => void miniflare.dispose().then(() => process.exit(0)));
console.log("ready");

type Options = Parameters<typeof convertV4MiniflareOptions>[0];

function optionsOf({ port, state, bundle, door, silentThread, vars, compatibility, orgId }: Served): Options {
  const object = (className: string) => ({ className, scriptName: "product", useSQLite: true });
  const thread = silentThread
    ? { className: "SilentThread", scriptName: "door", useSQLite: true }
    : object("AgentThread");
  const shared = { d1Databases: { DB: "quayside" }, compatibilityDate: compatibility.date };
  const objects = {
    CONVERSATION: object("Conversation"),
    AGENT_THREAD: thread,
    SANDBOX: object("Sandbox"),
    AUDIT_LOG: object("AuditLog"),
    RATE_LIMITER: object("RateLimiter"),
  };
  return {
    log: new Log(LogLevel.ERROR),
    resourcePersistencePath: state,
    workers: [
      {
        ...shared,
        name: "product",
        modulesRoot: bundle,
        modules: [{ type: "ESModule", path: join(bundle, "index.js") }],
        compatibilityFlags: compatibility.flags,
        durableObjects: objects,
        r2Buckets: ["FILES"],
        serviceBindings: { ASSETS: { disk: { path: join("app", "build", "client"), writable: false } } },
        bindings: vars,
        unsafeDirectSockets: [{ host: "127.0.0.1", port }],
      },
      {
        ...shared,
        name: "door",
        modulesRoot: door,
        modules: [{ type: "ESModule", path: join(door, "door.js") }],
        compatibilityFlags: ["nodejs_compat"],
        durableObjects: objects,
        d1Databases: { ...shared.d1Databases, BENCH_DB: "quayside" },
        bindings: { ...vars, ORG_ID: orgId },
        serviceBindings: { ABORT: "abort" },
        unsafeDirectSockets: [{ host: "127.0.0.1", port: port + 1 }],
      },
      {
        ...shared,
        name: "abort",
        modules: [{ type: "ESModule", path: join("scripts", "bench", "workerd", "abort.mjs") }],
        compatibilityFlags: ["unsafe_module"],
      },
    ],
  } as Options;
}

/** Brings a new database to the schema, with the demo org in it. */
async function prepareDatabase(): Promise<void> {
  const db = await miniflare.getD1Database("DB", "product");
  const known = await db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'orgs'").all();
  if (known.results.length > 0) return;
  const files = readdirSync("migrations").filter((name) => name.endsWith(".sql"));
  const texts = files.sort().map((name) => readFileSync(join("migrations", name), "utf8"));
  const statements = [...texts.flatMap((text) => text.split("--> statement-breakpoint")), ...SEED_SQL.split(";\n")];
  await db.batch(statements.filter((one) => one.trim() !== "").map((one) => db.prepare(one)));
}
