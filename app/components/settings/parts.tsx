import type { ReactNode } from "react";
import { text } from "../../lib/text.ts";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { Notice } from "../ui/notice.tsx";

interface SectionProps {
  id: string;
  title: string;
  intro?: string;
  action?: ReactNode;
  children: ReactNode;
}

export function Section({ id, title, intro, action, children }: SectionProps) {
  return (
    <section className="flex flex-col gap-3" aria-labelledby={id}>
      <div className="flex flex-wrap items-center gap-2">
        <h2 id={id} className="min-w-0 flex-1 font-semibold text-18">
          {title}
        </h2>
        {action}
      </div>
      {intro && <p className="text-n11">{intro}</p>}
      {children}
    </section>
  );
}

const LOOKS = {
  plain: "bg-n4 text-n12",
  accent: "bg-accent-soft text-accent",
  amber: "bg-amber-soft text-amber",
} as const;

export function Badge({ look = "plain", children }: { look?: keyof typeof LOOKS; children: ReactNode }) {
  return <span className={`shrink-0 rounded-6 px-1.5 text-12 ${LOOKS[look]}`}>{children}</span>;
}

interface RowProps {
  title: string;
  badges?: ReactNode;
  facts: ReactNode;
  children?: ReactNode;
}

/** A line of a list: what it is, what is known of it, and what can be done with it. */
export function Row({ title, badges, facts, children }: RowProps) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 border-n6 border-b py-3 last:border-0">
      <span className="min-w-0 flex-1 basis-56">
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="min-w-0 font-medium text-15">{title}</span>
          {badges}
        </span>
        <span className="block text-12 text-n11">{facts}</span>
      </span>
      {children && <span className="flex flex-wrap gap-2">{children}</span>}
    </li>
  );
}

interface OnceProps {
  words: string;
  label: string;
  value: string;
  onClose: () => void;
}

/** A secret that is told once: here, until the person has taken it. */
export function Once({ words, label, value, onClose }: OnceProps) {
  return (
    <Notice look="good">
      <div className="flex flex-col gap-2">
        <p>{words}</p>
        <div className="flex items-center gap-1">
          <input
            readOnly
            aria-label={label}
            value={value}
            className="field min-w-0 flex-1 font-mono"
            onFocus={(event) => event.currentTarget.select()}
          />
          <CopyButton read={() => value} />
        </div>
        <Button className="self-start" onClick={onClose}>
          {text.actions.close}
        </Button>
      </div>
    </Notice>
  );
}
