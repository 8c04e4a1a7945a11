import { RefreshCw, Undo2 } from "lucide-react";
import { lazy, Suspense, useCallback, useEffect } from "react";
import type { Changes } from "#contract/workspace";
import { browserApi } from "../../lib/browser-api.ts";
import { useHead, useLive } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";
import { IconButton } from "../ui/button.tsx";
import { Confirm } from "../ui/confirm.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { Empty, Skeleton } from "../ui/page.tsx";
import { Asleep, useAsleep } from "./asleep.tsx";
import { FileList, PathText } from "./changed-files.tsx";
import { CommitBar } from "./commit-bar.tsx";
import { PanelProblem } from "./panel-problem.tsx";
import { useAnswerOf } from "./use-answer-of.ts";
import { useDiscard } from "./use-discard.ts";

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
  const discard = useDiscard(id, reload);
  if (asleep) return <LastKnown changes={value} />;
  if (!value) return problem ? <PanelProblem problem={problem} onRetry={reload} /> : <Skeleton rows={6} />;
  return (
    <div className="flex h-full min-h-0 flex-col" aria-busy={loading}>
      <BranchLine
        changes={value}
        onReload={reload}
        onDiscard={() => discard.begin(value.files.map((one) => one.path))}
      />
      {discard.problem && <ProblemNotice problem={discard.problem} />}
      <Confirm ask={discard.ask} onClose={discard.close} />
      <FilesAndChange changes={value} file={file} onFile={onFile} onDiscard={(path) => discard.begin([path])} />
      <CommitBar changes={value} onDone={reload} />
    </div>
  );
}

interface FilesAndChangeProps extends FileTabProps {
  changes: Changes;
  onDiscard: (path: string) => void;
}

function FilesAndChange({ changes, file, onFile, onDiscard }: FilesAndChangeProps) {
  const chosen = changes.files.find((one) => one.path === file) ?? null;
  if (changes.files.length === 0)
    return (
      <div className="flex-1 p-4">
        <Empty title={text.changes.emptyTitle} detail={text.changes.emptyDetail} />
      </div>
    );
  return (
    <>
      <FileList files={changes.files} chosen={chosen?.path ?? null} onFile={onFile} onDiscard={onDiscard} />
      <div className="min-h-0 flex-1 border-n6 border-t">
        {chosen ? (
          <Suspense fallback={<Skeleton rows={8} />}>
            <ChangeView key={chosen.path} path={chosen.path} version={changes} />
          </Suspense>
        ) : (
          <p className="p-4 text-13 text-n11">{text.changes.choose}</p>
        )}
      </div>
    </>
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

interface BranchLineProps {
  changes: Changes;
  onReload: () => void;
  onDiscard: () => void;
}

function BranchLine({ changes, onReload, onDiscard }: BranchLineProps) {
  return (
    <div className="flex shrink-0 items-center gap-2 py-1 pr-2 pl-4 text-12 text-n11">
      <span className="min-w-0 flex-1 truncate">
        {changes.branch ? text.changes.onBranch(changes.branch) : text.changes.noBranch}
        {changes.unpushed > 0 && `, ${text.changes.unpushed(changes.unpushed)}`}
      </span>
      {changes.files.length > 0 && (
        <IconButton label={text.changes.discardAll} onClick={onDiscard}>
          <Undo2 size={14} aria-hidden />
        </IconButton>
      )}
      <IconButton label={text.changes.reload} onClick={onReload}>
        <RefreshCw size={14} aria-hidden />
      </IconButton>
    </div>
  );
}
