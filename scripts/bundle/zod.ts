// What the Worker is built with in zod's place (`alias` in wrangler.toml): all of it but the translations of its messages,
// of which nobody asks for any, and which weigh 39 KiB gzipped. Follows zod's own `v4/classic/external.js`.
import * as z from "./zod-exports.ts";

export * from "./zod-exports.ts";
export { z, z as default };
