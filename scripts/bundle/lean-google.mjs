// Makes what the Worker is built with in the place of `@ai-sdk/google/internal` (`[build]` and `alias` in wrangler.toml): the same
// code, in which a bundler may see that its other models and their schemas are not used. They weigh 14 KiB gzipped.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const TARGET = new URL("../../.wrangler/lean/google.js", import.meta.url);
const source = readFileSync(
  new URL("../../node_modules/@ai-sdk/google/dist/internal/index.js", import.meta.url),
  "utf8",
);

/** Members with computed names keep a class in the bundle; these serve another platform's workflows. */
const withoutWorkflows = source.replace(/\n\tstatic \[WORKFLOW_(?:DE)?SERIALIZE\]\([\s\S]*?\n\t\}/g, "");
/** Making a schema does nothing until it is asked. */
const lean = withoutWorkflows
  .replace(/\n\/\/# sourceMappingURL.*/, "")
  .replace(/= (lazySchema|Object\.fromEntries|Symbol\.for)\(/g, "= /* @__PURE__ */ $1(");

mkdirSync(new URL(".", TARGET), { recursive: true });
writeFileSync(TARGET, lean);
