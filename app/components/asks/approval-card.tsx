import { ShieldQuestion } from "lucide-react";
import { useId, useState } from "react";
import type { Approval } from "#contract/ask";
import { useShortcut } from "../../lib/shortcuts.ts";
import { text } from "../../lib/text.ts";
import { Key } from "../frame/nav.tsx";
import { Button } from "../ui/button.tsx";
import { ProblemNotice } from "../ui/notice.tsx";
import { ApprovalArgs } from "./approval-args.tsx";
import { useAnswer } from "./use-answer.ts";

interface ApprovalCardProps {
  approval: Approval;
  /** The pinned card listens to keys: the one in the flow does not, so that a key counts once. */
  keys?: boolean;
}

/** A tool call that waits for a yes. It shows exactly what will be done. */
export function ApprovalCard({ approval, keys = false }: ApprovalCardProps) {
  const { busy, problem, answer } = useAnswer();
  const [denying, setDenying] = useState(false);
  const decide = (decision: "approve" | "always" | "deny", reason?: string) =>
    void answer({ type: "approval.decide", approvalId: approval.id, decision, ...(reason ? { reason } : {}) });
  useShortcut((key, event) => {
    const act = keys && !denying ? actionOf(key, event.target) : null;
    if (act === "reason") setDenying(true);
    else if (act) decide(act);
    return act !== null;
  });
  return (
    <fieldset
      className="flex min-w-0 flex-col gap-3 rounded-10 border border-amber-line bg-n1 p-3"
      aria-label={text.approval.label(approval.summary)}
    >
      <div className="flex items-start gap-2">
        <ShieldQuestion size={16} className="mt-0.5 shrink-0 text-amber" aria-hidden />
        <p className="min-w-0 text-13">
          <span className="font-semibold">{text.approval.title}</span>{" "}
          <span className="text-n11">{text.approval.tool(approval.tool)}</span>
        </p>
      </div>
      <ApprovalArgs approval={approval} />
      {problem && <ProblemNotice problem={problem} />}
      {denying ? (
        <DenyForm busy={busy} onDeny={(reason) => decide("deny", reason)} onBack={() => setDenying(false)} />
      ) : (
        <div className="flex flex-wrap gap-2">
          <Button look="primary" disabled={busy} onClick={() => decide("approve")}>
            {text.approval.approve}
          </Button>
          <Button disabled={busy} onClick={() => decide("always")} className="min-w-0">
            {text.approval.always}
            <code className="max-w-40 truncate font-mono text-12 text-n11">{approval.pattern}</code>
          </Button>
          <Button look="danger" disabled={busy} onClick={() => setDenying(true)}>
            {text.approval.deny}
          </Button>
          {keys && <KeyHint />}
        </div>
      )}
    </fieldset>
  );
}

function KeyHint() {
  return (
    <span className="ml-auto hidden items-center gap-1 text-12 text-n11 sm:flex pointer-coarse:hidden">
      <Key>1</Key>
      <Key>2</Key>
      <Key>3</Key> {text.approval.keys}
    </span>
  );
}

interface DenyFormProps {
  busy: boolean;
  onDeny: (reason: string) => void;
  onBack: () => void;
}

function DenyForm({ busy, onDeny, onBack }: DenyFormProps) {
  const id = useId();
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        onDeny(String(new FormData(event.currentTarget).get("reason") ?? "").trim());
      }}
    >
      <label htmlFor={id} className="text-12 text-n11">
        {text.approval.reason}
      </label>
      <input id={id} name="reason" className="field" maxLength={2000} ref={(element) => element?.focus()} />
      <div className="flex gap-2">
        <Button type="submit" look="danger" disabled={busy}>
          {text.approval.deny}
        </Button>
        <Button look="quiet" onClick={onBack}>
          {text.actions.back}
        </Button>
      </div>
    </form>
  );
}

/** What a key means here: the buttons by number, and Enter where it would press nothing else. */
function actionOf(key: string, target: EventTarget | null): "approve" | "always" | "reason" | null {
  if (key === "Enter") return isControl(target) ? null : "approve";
  return ({ "1": "approve", "2": "always", "3": "reason" } as const)[key] ?? null;
}

function isControl(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("button, a, summary, [role='tab']") !== null;
}
