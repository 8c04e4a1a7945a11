import { isRouteErrorResponse, Link, useRouteError } from "@remix-run/react";
import { problem as problemSchema } from "#contract/problem";
import { text } from "../lib/text.ts";
import { Button, buttonClass } from "./ui/button.tsx";

/** What happened, whether anything was lost, and what to do. */
export function ErrorPage({ home = "/conversations" }: { home?: string }) {
  const { title, detail } = wordsFor(useRouteError());
  return (
    <div className="flex max-w-[480px] flex-col gap-3" role="alert">
      <h1 className="font-semibold text-24">{title}</h1>
      <p className="text-15 text-n11">{detail}</p>
      <p className="text-13 text-n11">{text.errors.nothingLost}</p>
      <div className="mt-2 flex gap-2">
        <Link to={home} className={buttonClass("primary")}>
          {home === "/conversations" ? text.errors.toConversations : text.errors.toStart}
        </Link>
        <Button onClick={() => window.location.reload()}>{text.errors.reload}</Button>
      </div>
    </div>
  );
}

function wordsFor(error: unknown): { title: string; detail: string } {
  if (!isRouteErrorResponse(error)) return { title: text.errors.brokenTitle, detail: text.errors.brokenDetail };
  const known = problemSchema.safeParse(error.data);
  if (error.status === 404) return { title: text.errors.notFoundTitle, detail: text.errors.notFoundDetail };
  return { title: text.errors.refusedTitle, detail: known.success ? known.data.detail : text.errors.brokenDetail };
}
