// What the Worker is built with in zod's place (`alias` in wrangler.toml): all of it but the translations of its messages,
// of which nobody asks for any, and which weigh 39 KiB gzipped; the compiler of schemas, for which a Worker may not run; and the
// reader of JSON Schema (13 KiB with it), which no package here calls. Follows zod's own `v4/classic/external.js`.
import * as z from "./zod-exports.ts";

export * from "./zod-exports.ts";
export { z, z as default };
