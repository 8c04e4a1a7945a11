import { ChevronRight, FileText, Folder } from "lucide-react";
import { useCallback, useState } from "react";
import type { FileEntry, FileListing } from "#contract/workspace";
import { browserApi } from "../../lib/browser-api.ts";
import { bytes } from "../../lib/format.ts";
import { useHead } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";
import { Empty, Skeleton } from "../ui/page.tsx";
import { Asleep } from "./asleep.tsx";
import { PanelProblem } from "./panel-problem.tsx";
import { useFilesOf } from "./use-files-of.ts";

interface FileTreeProps {
  path: string;
  depth: number;
  onFile: (file: string) => void;
}

/** One folder; a folder inside is loaded when it is opened. */
export function FileTree({ path, depth, onFile }: FileTreeProps) {
  const { id } = useHead();
  const load = useCallback((wake: boolean) => browserApi.workspace.list(id, path, wake), [id, path]);
  const { value, problem, reload, asleep } = useFilesOf(load, true);
  if (value) return <Entries listing={value} depth={depth} onFile={onFile} />;
  if (!problem) return <Skeleton rows={depth ? 2 : 6} />;
  return asleep ? <Asleep /> : <PanelProblem problem={problem} onRetry={reload} />;
}

function Entries({ listing, depth, onFile }: Omit<FileTreeProps, "path"> & { listing: FileListing }) {
  if (listing.entries.length === 0)
    return depth ? (
      <p className="py-1 pl-8 text-12 text-n11">{text.files.emptyFolder}</p>
    ) : (
      <Empty title={text.files.emptyTitle} detail={text.files.emptyDetail} />
    );
  const sorted = [...listing.entries].sort(
    (a, b) => Number(b.kind === "directory") - Number(a.kind === "directory") || a.name.localeCompare(b.name),
  );
  return (
    <ul>
      {sorted.map((entry) => (
        <li key={entry.path}>
          <Entry entry={entry} depth={depth} onFile={onFile} />
        </li>
      ))}
      {listing.truncated && <li className="pl-8 text-12 text-n11">{text.files.more}</li>}
    </ul>
  );
}

const ROW = "flex w-full items-center gap-2 rounded-6 px-2 py-1 text-left text-13 hover:bg-n3 pointer-coarse:py-2.5";

function Entry({ entry, depth, onFile }: { entry: FileEntry; depth: number; onFile: (file: string) => void }) {
  const [open, setOpen] = useState(false);
  const indent = { paddingLeft: `${8 + depth * 16}px` };
  if (entry.kind !== "directory") {
    return (
      <button type="button" className={ROW} style={indent} onClick={() => onFile(entry.path)}>
        <span className="w-3.5 shrink-0" />
        <FileText size={14} className="shrink-0 text-n11" aria-hidden />
        <span className="min-w-0 flex-1 truncate">{entry.name}</span>
        <span className="shrink-0 text-12 text-n11">{bytes(entry.size)}</span>
      </button>
    );
  }
  return (
    <>
      <button type="button" className={ROW} style={indent} aria-expanded={open} onClick={() => setOpen(!open)}>
        <ChevronRight size={14} className={`shrink-0 transition-transform ${open ? "rotate-90" : ""}`} aria-hidden />
        <Folder size={14} className="shrink-0 text-n11" aria-hidden />
        <span className="min-w-0 flex-1 truncate">{entry.name}</span>
      </button>
      {open && <FileTree path={entry.path} depth={depth + 1} onFile={onFile} />}
    </>
  );
}
