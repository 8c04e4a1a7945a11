import { type Block, timeOf } from "#domain/conversation/transcript-blocks";

/**
 * A block as CommonMark. Prose stays Markdown but within a quotation, whose every line carries its mark: what somebody
 * wrote cannot look like a heading of the transcript or leave a code block open.
 */
export function markdownOf(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `${"#".repeat(block.level)} ${inline(block.text)}${block.at ? ` · ${timeOf(block.at)}` : ""}\n\n`;
    case "line":
      return `${inline(block.text)}\n\n`;
    case "prose":
      return `${linesOf(block.text)
        .map((line) => (line === "" ? ">" : `> ${line}`))
        .join("\n")}\n\n`;
    case "code":
      return fenced(block.text, block.language);
    case "link":
      return `${inline(block.text)}: <${block.href}>\n\n`;
  }
}

/** One line in which nothing begins markup of Markdown or HTML. */
function inline(text: string): string {
  const line = linesOf(text).join(" ").trim();
  const escaped = line.replace(/[\\`*_[\]<>&|~#]/g, "\\$&");
  return escaped.replace(/^[-+=]/, "\\$&").replace(/^(\d+)([.)])/, "$1\\$2");
}

/** A fence is longer than any run of backticks in the text. */
function fenced(text: string, language: string): string {
  const longest = [...text.matchAll(/`{3,}/g)].reduce((most, [run]) => Math.max(most, run.length), 2);
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${linesOf(text.replace(/\r?\n$/, "")).join("\n")}\n${fence}\n\n`;
}

function linesOf(text: string): string[] {
  return text.split(/\r\n|\r|\n/);
}
