import { Outlet } from "@remix-run/react";
import { ErrorPage } from "../components/error-page.tsx";
import { text } from "../lib/text.ts";

/** The frame of the pages before an organisation's own. */
export default function Account() {
  return (
    <Around>
      <Outlet />
    </Around>
  );
}

export function ErrorBoundary() {
  return (
    <Around>
      <ErrorPage home="/organisations" />
    </Around>
  );
}

function Around({ children }: { children: React.ReactNode }) {
  return (
    <main className="flex min-h-full flex-col items-center bg-n2 px-4 pt-[8vh] pb-16">
      <div className="w-full max-w-[420px]">
        <p className="pb-6 text-center font-semibold text-18">{text.product}</p>
        {children}
      </div>
    </main>
  );
}
