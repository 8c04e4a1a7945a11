import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import MarkdownBody from "./markdown-body.tsx";

const htmlOf = (...lines: string[]) => renderToStaticMarkup(createElement(MarkdownBody, { source: lines.join("\n") }));

describe("Markdown", () => {
  it("colours code of a known language, wherever the block is", () => {
    const html = htmlOf("- a list", "", "  ```ts", "  const one = 1;", "  ```");
    expect(html).toContain('<code class="hljs language-ts"><span class="hljs-keyword">const</span>');
  });

  it.each(["javascript", "jsx", "c", "h", "sh", "yml", "toml", "html", "py", "rs", "scss"])("knows %s", (language) => {
    expect(htmlOf(`\`\`\`${language}`, '"words" 1', "```")).toContain(`class="hljs language-${language}"`);
  });

  it("shows code of an unknown language, or of none, as it is", () => {
    expect(htmlOf("```klingon", "let x < 1", "```")).toContain("let x &lt; 1");
    expect(htmlOf("```", "let x < 1", "```")).not.toContain("hljs");
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
