import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorState } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const LOADERS: [RegExp, () => Promise<Extension>][] = [
  [
    /\.[cm]?[jt]sx?$/,
    async () => (await import("@codemirror/lang-javascript")).javascript({ jsx: true, typescript: true }),
  ],
  [/\.json$/, async () => (await import("@codemirror/lang-json")).json()],
  [/\.css$/, async () => (await import("@codemirror/lang-css")).css()],
  [/\.html?$/, async () => (await import("@codemirror/lang-html")).html()],
  [/\.mdx?$/, async () => (await import("@codemirror/lang-markdown")).markdown()],
  [/\.py$/, async () => (await import("@codemirror/lang-python")).python()],
];

/** The grammar of a file by its name, or nothing where none is known. */
export async function languageOf(path: string): Promise<Extension> {
  const known = LOADERS.find(([pattern]) => pattern.test(path));
  return known ? known[1]() : [];
}

const colors = HighlightStyle.define([
  { tag: [tags.keyword, tags.bool, tags.null], color: "var(--violet)" },
  { tag: [tags.string, tags.attributeValue], color: "var(--green)" },
  { tag: [tags.number, tags.typeName, tags.className], color: "var(--amber)" },
  { tag: [tags.function(tags.variableName), tags.tagName, tags.heading], color: "var(--accent)" },
  { tag: [tags.comment, tags.meta], color: "var(--n11)", fontStyle: "italic" },
]);

const theme = EditorView.theme({
  "&": { height: "100%", fontSize: "13px", backgroundColor: "var(--n1)", color: "var(--n12)" },
  ".cm-content": { fontFamily: "var(--font-mono)", lineHeight: "20px" },
  ".cm-gutters": { backgroundColor: "var(--n2)", color: "var(--n11)", borderRight: "1px solid var(--n6)" },
  ".cm-scroller": { overflow: "auto", fontFamily: "var(--font-mono)" },
  "&.cm-focused": { outline: "none" },
  ".cm-collapsedLines": { background: "var(--n3)", color: "var(--n11)" },
  ".cm-collapsedLines:before, .cm-collapsedLines:after": { content: '"⋯" !important' },
  ".cm-changedLine": { backgroundColor: "var(--green-soft) !important" },
  ".cm-deletedChunk": { backgroundColor: "var(--red-soft) !important" },
  ".cm-deletedText, .cm-deletedText *, .cm-changedText, .cm-changedText *": { color: "var(--n12) !important" },
  ".cm-deletedChunk .cm-deletedText": { backgroundColor: "transparent" },
  "&.cm-merge-a .cm-changedLine": { backgroundColor: "var(--red-soft) !important" },
});

/** What every file on the page looks like. */
const looks: Extension = [lineNumbers(), syntaxHighlighting(colors), theme];

/** A file to read: numbered, coloured, not to be changed. */
export function readOnly(label: string): Extension {
  return [
    EditorState.readOnly.of(true),
    EditorView.contentAttributes.of({ "aria-label": label, "aria-readonly": "true" }),
    looks,
  ];
}

/** A file to change. Its line ends stay as they are, and Tab stays the key that leaves the field. */
export function editable(label: string, source: string): Extension {
  return [
    EditorState.lineSeparator.of(/\r\n/.test(source) && !/(^|[^\r])\n/.test(source) ? "\r\n" : "\n"),
    EditorView.contentAttributes.of({ "aria-label": label, "aria-multiline": "true" }),
    EditorView.lineWrapping,
    looks,
  ];
}
