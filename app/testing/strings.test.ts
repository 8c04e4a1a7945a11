import { join, relative } from "node:path";
import { type Node, type SourceFile, SyntaxKind } from "typescript/unstable/ast";
import {
  isBinaryExpression,
  isConditionalExpression,
  isJsxAttribute,
  isJsxExpression,
  isJsxText,
  isNoSubstitutionTemplateLiteral,
  isStringLiteral,
  isTemplateExpression,
} from "typescript/unstable/ast/is";
import { API } from "typescript/unstable/sync";
import { afterAll, expect, test } from "vitest";

const APP = join(import.meta.dirname, "..");
/** Attributes whose value people read or hear. */
const SPOKEN = new Set(["title", "aria-label", "aria-description", "placeholder", "alt", "label"]);
const LETTER = /\p{L}{2}/u;

const compiler = new API();
afterAll(() => compiler.close());

/** Words that people see and that stand in the markup of a module, as `line: words`. */
function wordsIn(file: SourceFile): string[] {
  const found: string[] = [];
  const note = (node: Node, words: string) => {
    const line = file.text.slice(0, node.getStart(file)).split("\n").length;
    if (LETTER.test(words)) found.push(`${line}: ${words.trim()}`);
  };
  const walk = (node: Node): void => {
    const value = spokenIn(node, file);
    if (value) noteLiterals(value, note);
    node.forEachChild(walk);
  };
  walk(file);
  return found;
}

/** The part of a node that people read or hear: text, what stands between tags, and the value of a spoken attribute. */
function spokenIn(node: Node, file: SourceFile): Node | undefined {
  if (isJsxText(node)) return node;
  if (isJsxAttribute(node)) return SPOKEN.has(node.name.getText(file)) ? node.initializer : undefined;
  return isJsxExpression(node) && node.parent.kind !== SyntaxKind.JsxAttribute ? node : undefined;
}

/** What an expression may come to, where it is a literal: itself, either branch, or the fixed parts of a template. */
function noteLiterals(node: Node, note: (node: Node, words: string) => void): void {
  if (isJsxText(node) || isStringLiteral(node) || isNoSubstitutionTemplateLiteral(node)) note(node, node.text);
  else if (isTemplateExpression(node))
    note(node, [node.head.text, ...node.templateSpans.map((span) => span.literal.text)].join(" "));
  else if (isJsxExpression(node) && node.expression) noteLiterals(node.expression, note);
  else if (isBinaryExpression(node)) noteLiterals(node.right, note);
  else if (isConditionalExpression(node)) {
    noteLiterals(node.whenTrue, note);
    noteLiterals(node.whenFalse, note);
  }
}

test("every word that people see in the app stands in app/lib/text*.ts", () => {
  const config = join(APP, "tsconfig.json");
  const project = compiler.updateSnapshot({ openProjects: [config] }).getProject(config);
  const names = project?.rootFiles.filter((name) => /\/app\/(?!build\/|testing\/|e2e\/).*\.tsx$/.test(name)) ?? [];
  expect(names.length).toBeGreaterThan(100);
  const stray = names.flatMap((name) => {
    const file = project?.program.getSourceFile(name);
    return file ? wordsIn(file).map((words) => `${relative(APP, name)}:${words}`) : [`${name} was not read`];
  });
  expect(stray).toEqual([]);
});
