// What the Worker is built with in `@remix-run/cloudflare`'s place (`alias` in wrangler.toml): that package is CommonJS, by which all
// of the server runtime and of the router would come along. These are the same functions, out of the modules it passes on.

export { createRequestHandler, data, redirect, redirectDocument } from "@remix-run/server-runtime";
