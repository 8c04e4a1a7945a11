import bash from "highlight.js/lib/languages/bash";
import cpp from "highlight.js/lib/languages/cpp";
import csharp from "highlight.js/lib/languages/csharp";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import dockerfile from "highlight.js/lib/languages/dockerfile";
import go from "highlight.js/lib/languages/go";
import graphql from "highlight.js/lib/languages/graphql";
import ini from "highlight.js/lib/languages/ini";
import java from "highlight.js/lib/languages/java";
import json from "highlight.js/lib/languages/json";
import kotlin from "highlight.js/lib/languages/kotlin";
import lua from "highlight.js/lib/languages/lua";
import makefile from "highlight.js/lib/languages/makefile";
import markdown from "highlight.js/lib/languages/markdown";
import php from "highlight.js/lib/languages/php";
import python from "highlight.js/lib/languages/python";
import ruby from "highlight.js/lib/languages/ruby";
import rust from "highlight.js/lib/languages/rust";
import shell from "highlight.js/lib/languages/shell";
import sql from "highlight.js/lib/languages/sql";
import swift from "highlight.js/lib/languages/swift";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";
import { createLowlight } from "lowlight";

/** Each grammar weighs on every page with prose and on the Worker: only what people here are likely to paste. */
const lowlight = createLowlight({
  ...{ bash, cpp, csharp, css, diff, dockerfile, go, graphql, ini, java, json, kotlin, lua, makefile, markdown, php },
  ...{ python, ruby, rust, shell, sql, swift, typescript, xml, yaml },
});
/** Languages that a grammar above contains, or comes close enough to. */
lowlight.registerAlias({
  typescript: ["javascript", "js", "jsx", "mjs", "cjs"],
  cpp: ["c", "h"],
  css: ["scss", "less"],
  json: ["json5"],
});

/** What is read and written of the HTML tree. */
interface Node {
  type: string;
  tagName?: string;
  value?: string;
  properties?: { className?: unknown };
  children?: Node[];
}

/** A rehype plugin: the code of each block whose language is known becomes coloured spans. */
export function highlightCode() {
  return (tree: unknown): undefined => visit(tree as Node);
}

function visit(node: Node): undefined {
  for (const child of node.children ?? []) {
    if (node.tagName === "pre" && child.tagName === "code") highlight(child);
    else visit(child);
  }
}

function highlight(code: Node): void {
  const classes = Array.isArray(code.properties?.className) ? code.properties.className.map(String) : [];
  const language = classes.find((one) => one.startsWith("language-"))?.slice("language-".length);
  if (!language || !lowlight.registered(language)) return;
  const source = (code.children ?? []).map((child) => child.value ?? "").join("");
  code.properties = { ...code.properties, className: ["hljs", ...classes] };
  code.children = lowlight.highlight(language, source).children as Node[];
}
