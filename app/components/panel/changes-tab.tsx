import { RefreshCw } from "lucide-react";
import { lazy, Suspense, useCallback, useEffect } from "react";
import type { ChangedFile, Changes } from "#contract/workspace";
import { browserApi } from "../../lib/browser-api.ts";
import { useHead, useLive } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";
import { Counts } from "../transcript/step.tsx";
import { IconButton } from "../ui/button.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { Empty, Skeleton } from "../ui/page.tsx";
import { SCROLLABLE } from "../ui/scrollable.ts";
import { Asleep, useAsleep } from "./asleep.tsx";
import { CommitBar } from "./commit-bar.tsx";
import { useAnswerOf } from "./use-answer-of.ts";

const ChangeView = lazy(() => import("./change-view.tsx"));

interface FileTabProps {
  file: string | null;
  onFile: (file: string | null) => void;
}

/** What is different from the base commit, file by file, and how it leaves the sandbox. */
export default function ChangesTab({ file, onFile }: FileTabProps) {
  const { id, changedFiles } = useHead();
  const asleep = useAsleep();
  const load = useCallback(() => browserApi.workspace.changes(id), [id]);
  const { value, problem, loading, reload } = useAnswerOf(asleep ? null : load);
  useEffect(() => {
    if (changedFiles >= 0) reload();
  }, [changedFiles, reload]);
  if (asleep) return <LastKnown changes={value} />;
  if (!value) return problem ? <PanelProblem problem={problem} onRetry={reload} /> : <Skeleton rows={6} />;
  const chosen = value.files.find((one) => one.path === file) ?? null;
  return (
    <div className="flex h-full min-h-0 flex-col" aria-busy={loading}>
      <BranchLine changes={value} onReload={reload} />
      {value.files.length === 0 ? (
        <div className="flex-1 p-4">
          <Empty title={text.changes.emptyTitle} detail={text.changes.emptyDetail} />
        </div>
      ) : (
        <>
          <FileList files={value.files} chosen={chosen?.path ?? null} onFile={onFile} />
          <div className="min-h-0 flex-1 border-n6 border-t">
            {chosen ? (
              <Suspense fallback={<Skeleton rows={8} />}>
                <ChangeView key={chosen.path} path={chosen.path} version={value} />
              </Suspense>
            ) : (
              <p className="p-4 text-13 text-n11">{text.changes.choose}</p>
            )}
          </div>
        </>
      )}
      <CommitBar changes={value} onDone={reload} />
    </div>
  );
}

/** What is known of the changes without asking the sandbox, which would start it. */
function LastKnown({ changes }: { changes: Changes | null }) {
  const { changedFiles } = useHead();
  const touched = useTouched();
  const paths = changes?.files.map((one) => one.path) ?? touched;
  return (
    <Asleep>
      {changedFiles > 0 && <p className="text-13">{text.asleep.known(changedFiles)}</p>}
      {paths.length > 0 && (
        <div>
          <h3 className="pb-1 text-12 text-n11">{changes ? text.changes.files : text.asleep.touched}</h3>
          <ul>
            {paths.map((path) => (
              <li key={path} className="py-0.5">
                <PathText path={path} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </Asleep>
  );
}

/** The paths that the transcript on this page says were changed. */
function useTouched(): string[] {
  const joined = useLive((store) => {
    const changed = [...store.state.items.values()].filter((one) => one.kind === "file_change");
    return [...new Set(changed.map((one) => one.detail.path ?? ""))].filter(Boolean).sort().join("\n");
  });
  return joined === "" ? [] : joined.split("\n");
}

export function PanelProblem({
  problem,
  onRetry,
}: {
  problem: Parameters<typeof ProblemNotice>[0]["problem"];
  onRetry: () => void;
}) {
  return (
    <div className="flex flex-col items-start gap-3 p-4">
      <ProblemNotice problem={problem} />
      <IconButton label={text.actions.retry} onClick={onRetry}>
        <RefreshCw size={16} aria-hidden />
      </IconButton>
    </div>
  );
}

function BranchLine({ changes, onReload }: { changes: Changes; onReload: () => void }) {
  return (
    <div className="flex shrink-0 items-center gap-2 py-1 pr-2 pl-4 text-12 text-n11">
      <span className="min-w-0 flex-1 truncate">
        {changes.branch ? text.changes.onBranch(changes.branch) : text.changes.noBranch}
        {changes.unpushed > 0 && `, ${text.changes.unpushed(changes.unpushed)}`}
      </span>
      <IconButton label={text.changes.reload} onClick={onReload}>
        <RefreshCw size={14} aria-hidden />
      </IconButton>
    </div>
  );
}

interface FileListProps {
  files: ChangedFile[];
  chosen: string | null;
  onFile: (file: string | null) => void;
}

function FileList({ files, chosen, onFile }: FileListProps) {
  return (
    <ul {...SCROLLABLE} className="max-h-[35%] shrink-0 overflow-y-auto px-2 pb-2" aria-label={text.changes.files}>
      {files.map((one) => (
        <li key={one.path}>
          <button
            type="button"
            aria-current={one.path === chosen}
            onClick={() => onFile(one.path === chosen ? null : one.path)}
            title={one.path}
            className="flex w-full items-center gap-2 rounded-6 px-2 py-1 text-left text-13 hover:bg-n3 aria-[current=true]:bg-n4 pointer-coarse:py-2.5"
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
function PathText({ path }: { path: string }) {
  const cut = path.lastIndexOf("/") + 1;
  return (
    <span className="flex min-w-0 flex-1 font-mono text-12">
      {cut > 0 && <span className="min-w-0 truncate text-n11">{path.slice(0, cut)}</span>}
      <span className="max-w-full shrink-0 truncate">{path.slice(cut)}</span>
    </span>
  );
}
