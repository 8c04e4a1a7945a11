import { EditorView } from "@codemirror/view";
import { useCallback, useEffect, useRef } from "react";
import { browserApi } from "../../lib/browser-api.ts";
import { useHead } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";
import { Skeleton } from "../ui/page.tsx";
import { languageOf, readOnly } from "./language.ts";
import { PanelProblem } from "./panel-problem.tsx";
import { useAnswerOf } from "./use-answer-of.ts";

/** A file of the workspace, to read. */
export default function FileView({ path }: { path: string }) {
  const { id } = useHead();
  const load = useCallback(() => browserApi.workspace.content(id, path), [id, path]);
  const { value, problem, reload } = useAnswerOf(load);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const parent = box.current;
    if (value === null || !parent) return;
    let view: EditorView | null = null;
    let gone = false;
    void languageOf(path).then((language) => {
      if (!gone) view = new EditorView({ parent, doc: value, extensions: [readOnly(path), language] });
    });
    return () => {
      gone = true;
      view?.destroy();
    };
  }, [value, path]);
  if (value === null) return problem ? <PanelProblem problem={problem} onRetry={reload} /> : <Skeleton rows={8} />;
  if (value.includes("\0")) return <p className="p-4 text-13 text-n11">{text.changes.binaryDetail}</p>;
  return <div ref={box} className="min-h-0 flex-1" data-testid="file-view" />;
}
