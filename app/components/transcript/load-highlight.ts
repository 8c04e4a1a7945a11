import { later } from "../../lib/later.ts";

/** Colours for code. The server sends none: their grammars are a tenth of the Worker, and a browser has them a moment later. */
export const highlighting = later(async () => (await import("./highlight-code.client.ts")).highlightCode);
