import { ChevronLeft } from "lucide-react";
import { lazy, Suspense } from "react";
import { text } from "../../lib/text.ts";
import { IconButton } from "../ui/button.tsx";
import { Skeleton } from "../ui/page.tsx";
import { SCROLLABLE } from "../ui/scrollable.ts";
import { Asleep, useAsleep, useUntouched } from "./asleep.tsx";
import { FileTree } from "./file-tree.tsx";

const FileView = lazy(() => import("./file-view.tsx"));

interface FilesTabProps {
  file: string | null;
  onFile: (file: string | null) => void;
}

/** The workspace as it is now: the tree, or one file of it. */
export default function FilesTab({ file, onFile }: FilesTabProps) {
  const asleep = useAsleep();
  const untouched = useUntouched();
  if (file === null && asleep && !untouched) return <Asleep />;
  if (file === null) {
    return (
      <section {...SCROLLABLE} className="h-full overflow-y-auto p-2" aria-label={text.files.tree}>
        <FileTree path="" depth={0} onFile={onFile} />
      </section>
    );
  }
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex shrink-0 items-center gap-1 border-n6 border-b p-1">
        <IconButton label={text.files.back} onClick={() => onFile(null)}>
          <ChevronLeft size={16} aria-hidden />
        </IconButton>
        <span className="min-w-0 truncate font-mono text-12" title={file}>
          {file}
        </span>
      </div>
      <Suspense fallback={<Skeleton rows={8} />}>
        <FileView key={file} path={file} />
      </Suspense>
    </div>
  );
}
