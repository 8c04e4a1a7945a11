import type { ComponentType } from "react";
import { later } from "../../lib/later.ts";

/**
 * The renderer of prose. Both sides wait for it before they render a page with prose: it is then there at once, and no
 * boundary is left half hydrated when live text comes in.
 */
export const markdown = later<ComponentType<{ source: string }>>(
  async () => (await import("./markdown-body.tsx")).default,
);

export const loadMarkdown = markdown.load;
