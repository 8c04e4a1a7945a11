import { type ComponentProps, useEffect, useSyncExternalStore } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import rehypeSanitize, { defaultSchema } from "rehype-sanitize";
import { text } from "../../lib/text.ts";
import { CodeBlock } from "./code-block.tsx";
import { gfmSyntax } from "./gfm-syntax.ts";
import { highlighting } from "./load-highlight.ts";

/** The default schema plus the class names that highlighting needs; no markup of the writer's own survives. */
const schema = {
  ...defaultSchema,
  attributes: {
    ...defaultSchema.attributes,
    code: [["className", /^language-./]],
  },
} as const satisfies typeof defaultSchema;

const components: Components = {
  a: ({ href, children }) => (
    <a href={href} rel="noopener noreferrer" target="_blank">
      {children}
    </a>
  ),
  input: ({ checked }) => (
    <input type="checkbox" disabled checked={checked ?? false} aria-label={text.message.task(checked ?? false)} />
  ),
  pre: ({ children }: ComponentProps<"pre">) => <CodeBlock>{children}</CodeBlock>,
};

/** Markup that somebody wrote is shown as it was written: `<Button>` in a sentence is a word of it. */
const asWritten = {
  handlers: { html: (_state: unknown, node: { value: string }) => ({ type: "text" as const, value: node.value }) },
};

const none = () => null;

export default function MarkdownBody({ source }: { source: string }) {
  const highlight = useSyncExternalStore(highlighting.onLoaded, highlighting.get, none);
  const hasCode = source.includes("```");
  useEffect(() => {
    if (hasCode) void highlighting.load();
  }, [hasCode]);
  return (
    <div className="prose">
      <ReactMarkdown
        remarkPlugins={[gfmSyntax]}
        remarkRehypeOptions={asWritten}
        rehypePlugins={highlight ? [[rehypeSanitize, schema], highlight] : [[rehypeSanitize, schema]]}
        components={components}
      >
        {source}
      </ReactMarkdown>
    </div>
  );
}
