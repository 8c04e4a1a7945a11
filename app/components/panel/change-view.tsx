import { MergeView, unifiedMergeView } from "@codemirror/merge";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { useCallback, useEffect, useRef, useState } from "react";
import type { Changes, FileSides } from "#contract/workspace";
import { browserApi } from "../../lib/browser-api.ts";
import { useHead } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";
import { Notice } from "../ui/notice.tsx";
import { Skeleton } from "../ui/page.tsx";
import { languageOf, readOnly } from "./language.ts";
import { PanelProblem } from "./panel-problem.tsx";
import { useAnswerOf } from "./use-answer-of.ts";

const SIDE_BY_SIDE_PX = 600;

interface ChangeViewProps {
  path: string;
  /** What the list showed: another one means that the file may have changed too. */
  version: Changes;
}

/** Both sides of a file where there is room for two, otherwise one with its changes in line. */
export default function ChangeView({ path, version }: ChangeViewProps) {
  const { id } = useHead();
  const load = useCallback(
    () => (version ? browserApi.workspace.sides(id, path) : Promise.reject()),
    [id, path, version],
  );
  const { value, problem, reload } = useAnswerOf(load);
  if (!value) return problem ? <PanelProblem problem={problem} onRetry={reload} /> : <Skeleton rows={8} />;
  if (value.binary) return <p className="p-4 text-13 text-n11">{text.changes.binaryDetail}</p>;
  return (
    <div className="flex h-full min-h-0 flex-col">
      {value.truncated && (
        <div className="p-2">
          <Notice>{text.files.truncated}</Notice>
        </div>
      )}
      <Merge sides={value} />
    </div>
  );
}

function Merge({ sides }: { sides: FileSides }) {
  const box = useRef<HTMLDivElement>(null);
  const [wide, setWide] = useState<boolean | null>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWide(element.clientWidth >= SIDE_BY_SIDE_PX));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const parent = box.current;
    if (!parent || wide === null) return;
    let view: { destroy(): void } | null = null;
    let gone = false;
    void languageOf(sides.path).then((language) => {
      if (!gone) view = showChange({ parent, wide, sides }, [language, EditorView.lineWrapping]);
    });
    return () => {
      gone = true;
      view?.destroy();
    };
  }, [sides, wide]);
  return <div ref={box} className="min-h-0 flex-1 overflow-auto [&_.cm-mergeView]:h-full" data-testid="change-view" />;
}

type Place = { parent: HTMLElement; wide: boolean; sides: FileSides };

function showChange({ parent, wide, sides }: Place, extensions: Extension[]): { destroy(): void } {
  const before = sides.before ?? "";
  const after = sides.after ?? "";
  const collapse = { margin: 3, minSize: 6 };
  // Of a file that is new or gone every word is a change: marking each one would only hide the colours.
  const highlightChanges = sides.before !== null && sides.after !== null;
  if (wide) {
    return new MergeView({
      parent,
      a: { doc: before, extensions: [readOnly(text.changes.before(sides.path)), ...extensions] },
      b: { doc: after, extensions: [readOnly(text.changes.after(sides.path)), ...extensions] },
      highlightChanges,
      collapseUnchanged: collapse,
      gutter: true,
    });
  }
  return new EditorView({
    parent,
    doc: after,
    extensions: [
      readOnly(text.changes.after(sides.path)),
      unifiedMergeView({
        original: before,
        mergeControls: false,
        highlightChanges,
        collapseUnchanged: collapse,
        gutter: true,
      }),
      ...extensions,
    ],
  });
}
