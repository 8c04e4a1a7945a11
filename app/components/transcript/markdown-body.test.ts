import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import MarkdownBody from "./markdown-body.tsx";

const htmlOf = (...lines: string[]) => renderToStaticMarkup(createElement(MarkdownBody, { source: lines.join("\n") }));

describe("Markdown", () => {
  it("shows code as it is until its colours have come", () => {
    expect(htmlOf("```ts", "const one = 1;", "```")).toContain('<code class="language-ts">const one = 1;');
  });

  it("reads GitHub's tables, task lists, strikethrough and bare links", () => {
    const html = htmlOf("| a |", "| - |", "| b |", "", "- [x] done", "", "~~gone~~ https://example.com");
    for (const part of ["<td>b</td>", 'type="checkbox"', "<del>gone</del>", 'href="https://example.com"'])
      expect(html).toContain(part);
  });

  it("shows markup that somebody wrote as words, and runs none of it", () => {
    expect(htmlOf("<img src=x onerror=alert(1)>")).toContain("&lt;img src=x onerror=alert(1)&gt;");
    expect(htmlOf("[a](javascript:alert(1))")).not.toContain("javascript:");
  });
});
