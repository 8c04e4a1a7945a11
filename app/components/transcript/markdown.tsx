import { lazy, memo, Suspense } from "react";

const Body = lazy(() => import("./markdown-body.tsx"));

/** Prose in Markdown. The server renders it; until its code is here a browser shows the words as they are. */
export const Markdown = memo(function Markdown({ source }: { source: string }) {
  return (
    <Suspense fallback={<p className="prose whitespace-pre-wrap">{source}</p>}>
      <Body source={source} />
    </Suspense>
  );
});
