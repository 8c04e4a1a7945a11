import { useCallback, useRef } from "react";
import { browserApi } from "../../lib/browser-api.ts";
import { useHead } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";
import { Skeleton } from "../ui/page.tsx";
import { Asleep, useAsleep, useUntouched } from "./asleep.tsx";
import { FileEditor } from "./file-editor.tsx";
import { PanelProblem } from "./panel-problem.tsx";
import { unsaved } from "./unsaved.ts";
import { useFilesOf } from "./use-files-of.ts";

/** A file of the workspace, to read and to change. One that was opened stays when the sandbox falls asleep. */
export default function FileView({ path }: { path: string }) {
  const { id } = useHead();
  const load = useCallback((wake: boolean) => browserApi.workspace.content(id, path, wake), [id, path]);
  const asleep = useAsleep();
  const untouched = useUntouched();
  const asked = useRef(false);
  if (!asleep || untouched) asked.current = true;
  const { value, problem, reload } = useFilesOf(load, asked.current);
  const key = `${id}:${path}`;
  if (!asked.current || (problem && asleep)) return <Asleep />;
  if (problem) return <PanelProblem problem={problem} onRetry={reload} />;
  if (value === null) return <Skeleton rows={8} />;
  if (value.text === null) return <p className="p-4 text-13 text-n11">{text.changes.binaryDetail}</p>;
  const again = () => {
    unsaved.keep(key, null);
    reload();
  };
  return <FileEditor key={editionOf(value)} place={{ id, path }} source={value.text} onReload={again} />;
}

const editions = new WeakMap<object, number>();
let next = 0;

/** Another answer is another file to begin from, even where its words are the same. */
function editionOf(value: object): number {
  const known = editions.get(value) ?? next++;
  editions.set(value, known);
  return known;
}
