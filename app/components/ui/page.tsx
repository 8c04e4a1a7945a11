import type { ReactNode } from "react";
import { NavButton } from "../frame/nav-button.tsx";

interface PageProps {
  title: string;
  action?: ReactNode;
  children: ReactNode;
}

/** One title, one primary action, one scroll container. */
export function Page({ title, action, children }: PageProps) {
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto flex max-w-[760px] flex-col gap-6 px-4 pt-6 pb-16 sm:px-8 sm:pt-10">
        <div className="flex min-h-8 items-center gap-2 sm:gap-4">
          <NavButton />
          <h1 className="min-w-0 flex-1 font-semibold text-18 sm:text-24">{title}</h1>
          {action}
        </div>
        {children}
      </div>
    </div>
  );
}

interface EmptyProps {
  title: string;
  detail: string;
  children?: ReactNode;
}

/** What a list is for and what to do, while it is empty. */
export function Empty({ title, detail, children }: EmptyProps) {
  return (
    <div className="flex flex-col items-start gap-2 rounded-10 border border-n6 border-dashed px-5 py-6">
      <p className="font-medium text-15">{title}</p>
      <p className="max-w-[56ch] text-13 text-n11">{detail}</p>
      {children && <div className="mt-2 flex flex-wrap gap-2">{children}</div>}
    </div>
  );
}

/** Grey shapes where text will be; silent to screen readers, which are told by the region's own state. */
export function Skeleton({ rows = 4 }: { rows?: number }) {
  const widths = ["w-2/3", "w-11/12", "w-1/2", "w-4/5", "w-3/5", "w-3/4"];
  return (
    <div className="flex flex-col gap-3 p-4" aria-hidden>
      {Array.from({ length: rows }, (_, row) => `row-${row}`).map((key, row) => (
        <div key={key} className={`skeleton h-4 ${widths[row % widths.length]}`} />
      ))}
    </div>
  );
}
