import { Undo2 } from "lucide-react";
import type { ChangedFile } from "#contract/workspace";
import { text } from "../../lib/text.ts";
import { Counts } from "../transcript/step.tsx";
import { IconButton } from "../ui/button.tsx";
import { SCROLLABLE } from "../ui/scrollable.ts";

interface FileListProps {
  files: ChangedFile[];
  chosen: string | null;
  onFile: (file: string | null) => void;
  onDiscard: (path: string) => void;
}

export function FileList({ files, chosen, onFile, onDiscard }: FileListProps) {
  return (
    <ul {...SCROLLABLE} className="max-h-[35%] shrink-0 overflow-y-auto px-2 pb-2" aria-label={text.changes.files}>
      {files.map((one) => (
        <li key={one.path} className="group/file flex items-center gap-1">
          <button
            type="button"
            aria-current={one.path === chosen}
            onClick={() => onFile(one.path === chosen ? null : one.path)}
            title={one.path}
            className="flex min-w-0 flex-1 items-center gap-2 rounded-6 px-2 py-1 text-left text-13 hover:bg-n3 aria-[current=true]:bg-n4 pointer-coarse:py-2.5"
          >
            <span
              className={`w-4 shrink-0 text-center font-mono text-12 ${STATUS_COLORS[one.status]}`}
              title={text.changes.status[one.status]}
            >
              {text.changes.letter[one.status]}
            </span>
            <PathText path={one.path} />
            {one.binary ? (
              <span className="shrink-0 text-12 text-n11">{text.changes.binary}</span>
            ) : (
              <Counts added={one.added} removed={one.removed} />
            )}
          </button>
          <IconButton
            label={text.changes.discard(one.path)}
            className="size-7 pointer-coarse:size-10"
            onClick={() => onDiscard(one.path)}
          >
            <Undo2 size={14} aria-hidden />
          </IconButton>
        </li>
      ))}
    </ul>
  );
}

const STATUS_COLORS: Record<ChangedFile["status"], string> = {
  added: "text-green",
  modified: "text-amber",
  deleted: "text-red",
  renamed: "text-violet",
  conflicted: "text-red",
};

/** The name is what people look for: where there is no room, the folders give way first. */
export function PathText({ path }: { path: string }) {
  const cut = path.lastIndexOf("/") + 1;
  return (
    <span className="flex min-w-0 flex-1 font-mono text-12">
      {cut > 0 && <span className="min-w-0 truncate text-n11">{path.slice(0, cut)}</span>}
      <span className="max-w-full shrink-0 truncate">{path.slice(cut)}</span>
    </span>
  );
}
