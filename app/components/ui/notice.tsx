import { CircleAlert, CircleCheck, Info } from "lucide-react";
import type { ReactNode } from "react";
import type { Problem } from "#contract/problem";

const LOOKS = {
  info: { box: "border-n6 bg-n2", mark: "text-n11", Icon: Info },
  good: { box: "border-n6 bg-green-soft", mark: "text-green", Icon: CircleCheck },
  warning: { box: "border-amber-line bg-amber-soft", mark: "text-amber", Icon: CircleAlert },
  error: { box: "border-red-line bg-red-soft", mark: "text-red", Icon: CircleAlert },
} as const;

/** A sentence about the state of things, in place. Errors are announced. */
export function Notice({ look = "info", children }: { look?: keyof typeof LOOKS; children: ReactNode }) {
  const { box, mark, Icon } = LOOKS[look];
  return (
    <div
      role={look === "error" ? "alert" : "status"}
      className={`flex items-start gap-2 rounded-6 border px-3 py-2 text-13 text-n12 ${box}`}
    >
      <Icon size={16} className={`mt-0.5 shrink-0 ${mark}`} aria-hidden />
      <div className="min-w-0 flex-1">{children}</div>
    </div>
  );
}

export function ProblemNotice({ problem }: { problem: Problem }) {
  return (
    <Notice look="error">
      {problem.detail}
      {problem.fields?.map((one) => (
        <span key={one.field} className="block">
          {one.field}: {one.message}
        </span>
      ))}
    </Notice>
  );
}
