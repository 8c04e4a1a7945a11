import { memo, useEffect, useSyncExternalStore } from "react";
import { loadedMarkdown, loadMarkdown, onMarkdownLoaded } from "./load-markdown.ts";

/** Prose in Markdown. Until the renderer's code is here a browser shows the words as they are. */
export const Markdown = memo(function Markdown({ source }: { source: string }) {
  const Body = useSyncExternalStore(onMarkdownLoaded, loadedMarkdown, loadedMarkdown);
  useEffect(() => {
    if (!Body) void loadMarkdown();
  }, [Body]);
  return (
    <div data-markdown="">
      {Body ? <Body source={source} /> : <p className="prose whitespace-pre-wrap">{source}</p>}
    </div>
  );
});
