import type { ComponentType } from "react";

export type MarkdownBody = ComponentType<{ source: string }>;

let body: MarkdownBody | null = null;
const waiting = new Set<() => void>();

/** The renderer, or null while its code is on the way. */
export const loadedMarkdown = (): MarkdownBody | null => body;

/** Tells when the renderer has come. */
export function onMarkdownLoaded(tell: () => void): () => void {
  waiting.add(tell);
  return () => waiting.delete(tell);
}

/**
 * Brings the renderer. Both sides wait for it before they render a page with prose: it is then there at once, and no
 * boundary is left half hydrated when live text comes in.
 */
export async function loadMarkdown(): Promise<void> {
  if (body) return;
  body = (await import("./markdown-body.tsx")).default;
  for (const tell of waiting) tell();
}
