import { useNavigate } from "@remix-run/react";
import { type FormEvent, useRef, useState } from "react";
import type { ConversationHead } from "#contract/conversation";
import type { Problem } from "#contract/problem";
import { sourceAt } from "#domain/sandbox/snapshots";
import { problemFrom } from "../../lib/api.ts";
import { browserApi } from "../../lib/browser-api.ts";
import { absoluteTime } from "../../lib/format.ts";
import { listChanged } from "../../lib/list-refresh.ts";
import { useHead } from "../../lib/live/use-live.ts";
import { newKey } from "../../lib/new-key.ts";
import { text } from "../../lib/text.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { ProblemNotice } from "../ui/notice.tsx";

/** Where the files of a fork come from, in words. */
function filesOf(head: ConversationHead, atSeq: number): string {
  const source = sourceAt(head, atSeq);
  const mark = head.snapshots.find((one) => one.id === source?.snapshotId);
  if (mark) return text.fork.saved(absoluteTime(mark.at));
  if (source) return text.fork.inherited;
  return head.repository ? text.fork.files(head.repository.name) : text.fork.noFiles;
}

interface ForkDialogProps {
  /** The last event that the fork has. */
  atSeq: number;
  onClose: () => void;
}

/** Says what a fork will have before it is made, then goes there. */
export default function ForkDialog({ atSeq, onClose }: ForkDialogProps) {
  const head = useHead();
  const { busy, problem, make } = useFork(head.id, atSeq);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    void make(String(new FormData(event.currentTarget).get("title") ?? "").trim());
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={text.fork.title}>
      <form className="flex flex-col gap-4 p-4" aria-busy={busy} onSubmit={submit}>
        <ul className="flex list-disc flex-col gap-1 pl-5 text-13 text-n11">
          <li>{text.fork.log}</li>
          <li>{filesOf(head, atSeq)}</li>
        </ul>
        <Field id="fork-title" label={text.fork.name}>
          <input
            id="fork-title"
            name="title"
            className="field"
            maxLength={200}
            required
            defaultValue={text.fork.nameOf(head.title)}
            onFocus={(event) => event.currentTarget.select()}
          />
        </Field>
        {problem && <ProblemNotice problem={problem} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{text.actions.cancel}</Button>
          <Button type="submit" look="primary" disabled={busy}>
            {text.fork.make}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** One key for all tries of this dialog: a repeated click or a lost answer makes one fork. */
function useFork(id: string, atSeq: number) {
  const navigate = useNavigate();
  const key = useRef(newKey());
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const make = async (title: string) => {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      const { id: fork } = await browserApi.conversations.fork(id, { atSeq, ...(title ? { title } : {}) }, key.current);
      listChanged();
      navigate(`/conversations/${fork}`);
    } catch (error) {
      const found = problemFrom(error);
      if (found.code === "conflict") key.current = newKey();
      setProblem(found);
      setBusy(false);
    }
  };
  return { busy, problem, make };
}
