import { type FormEvent, useState } from "react";
import type { Problem } from "#contract/problem";
import type { Changes } from "#contract/workspace";
import { problemFrom } from "../../lib/api.ts";
import { browserApi } from "../../lib/browser-api.ts";
import { useHead } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";
import { Button } from "../ui/button.tsx";
import { Notice, ProblemNotice } from "../ui/notice.tsx";

type Outcome = { look: "good" | "warning"; words: string } | { problem: Problem } | null;

/** Commit and push, apart, so that it is always clear which of the two worked. */
export function CommitBar({ changes, onDone }: { changes: Changes; onDone: () => void }) {
  const { id } = useHead();
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome>(null);
  const act = async (work: () => Promise<Outcome>) => {
    setBusy(true);
    setOutcome(await work().catch((error) => ({ problem: problemFrom(error) })));
    setBusy(false);
    onDone();
  };
  const commit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const message = String(new FormData(form).get("message") ?? "").trim();
    if (message === "") return;
    void act(async () => {
      const made = await browserApi.workspace.commit(id, { message });
      form.reset();
      return { look: "good", words: text.changes.committed(made.files, made.branch, made.commit.slice(0, 7)) };
    });
  };
  const push = () =>
    act(async () => {
      const pushed = await browserApi.workspace.push(id, changes.branch ?? undefined);
      return { look: "good", words: text.changes.pushed(pushed.branch, pushed.commit.slice(0, 7)) };
    });
  if (!changes.dirty && changes.unpushed === 0 && !outcome) return null;
  return (
    <form onSubmit={commit} className="flex shrink-0 flex-col gap-2 border-n6 border-t bg-n2 p-3" aria-busy={busy}>
      <Result outcome={outcome} />
      <div className="flex flex-wrap gap-2">
        <input
          name="message"
          aria-label={text.changes.message}
          placeholder={text.changes.message}
          className="field min-w-40 flex-1"
          disabled={!changes.dirty}
        />
        <Button type="submit" look="primary" disabled={busy || !changes.dirty}>
          {text.changes.commit}
        </Button>
        <Button disabled={busy || changes.unpushed === 0} onClick={() => void push()}>
          {changes.unpushed > 0 ? text.changes.pushCount(changes.unpushed) : text.changes.push}
        </Button>
      </div>
    </form>
  );
}

function Result({ outcome }: { outcome: Outcome }) {
  if (!outcome) return null;
  if (!("problem" in outcome)) return <Notice look={outcome.look}>{outcome.words}</Notice>;
  if (outcome.problem.code !== "conflict") return <ProblemNotice problem={outcome.problem} />;
  return (
    <Notice look="error">
      {outcome.problem.detail} {text.changes.rejected}
    </Notice>
  );
}
