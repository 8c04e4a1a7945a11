import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import ReactMarkdown from "react-markdown";
import { describe, expect, it } from "vitest";
import { highlightCode } from "./highlight-code.client.ts";

const htmlOf = (...lines: string[]) =>
  renderToStaticMarkup(createElement(ReactMarkdown, { rehypePlugins: [highlightCode] }, lines.join("\n")));

describe("colours of code", () => {
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
});
