import { type Block, timeOf } from "#domain/conversation/transcript-blocks";

/** The page up to its first block: one file, without scripts, that loads nothing. */
export function htmlStart(title: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
`;
}

export const HTML_END = "</main>\n</body>\n</html>\n";

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2rem 0 0.5rem; border-top: 1px solid; padding-top: 0.75rem; }
h3 { font-size: 1rem; margin: 1rem 0 0.25rem; }
time { font-weight: normal; font-size: 0.85rem; }
pre, .prose { white-space: pre-wrap; margin: 0.25rem 0; }
pre { font: 13px/1.45 ui-monospace, monospace; border: 1px solid; border-radius: 4px; padding: 0.5rem; }
`;

/** A block as HTML; every text in it is escaped. */
export function htmlOf(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `<h${block.level}>${escapeHtml(block.text)}${timeTag(block.at)}</h${block.level}>\n`;
    case "line":
      return `<p>${escapeHtml(block.text)}</p>\n`;
    case "prose":
      return `<div class="prose">${escapeHtml(block.text)}</div>\n`;
    case "code":
      return `<pre>\n${escapeHtml(block.text)}</pre>\n`;
    case "link":
      return `<p><a href="${escapeHtml(block.href)}">${escapeHtml(block.text)}</a></p>\n`;
  }
}

function timeTag(at: string | null): string {
  return at ? ` <time datetime="${escapeHtml(at)}">${timeOf(at)}</time>` : "";
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
