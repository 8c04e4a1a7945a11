import { type ActionFunctionArgs, data, type LoaderFunctionArgs, type MetaFunction } from "@remix-run/cloudflare";
import { Form, Link, useActionData, useLoaderData, useSubmit } from "@remix-run/react";
import { ChevronRight } from "lucide-react";
import { lazy, Suspense, useRef, useState } from "react";
import { auditPage, auditPolicy } from "#contract/audit";
import { AuditEntryRow } from "../components/audit/entry-row.tsx";
import { Button, buttonClass } from "../components/ui/button.tsx";
import type { Confirmation } from "../components/ui/confirm.tsx";
import { Field, noteId } from "../components/ui/field.tsx";
import { Notice, ProblemNotice } from "../components/ui/notice.tsx";
import { Empty } from "../components/ui/page.tsx";
import { ApiProblem } from "../lib/api.ts";
import { type AuditFilter, apiQuery, filterOf, linesOf, pageQuery } from "../lib/audit-query.ts";
import { answerOf } from "../lib/context.ts";
import { text } from "../lib/text.ts";
import { auditNouns, auditText } from "../lib/text-audit.ts";
import { settingsPagesText } from "../lib/text-settings-pages.ts";

const ConfirmOpen = lazy(() => import("../components/ui/confirm-open.client.tsx"));

const KEPT_DAYS = [0, 90, 365, 730, 1825, 3650];

export const meta: MetaFunction = () => [{ title: text.pageTitle(settingsPagesText.audit) }];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const filter = filterOf(new URL(request.url).searchParams);
  const { call } = context.api;
  const [page, policy] = await answerOf(
    Promise.all([call.get(`/api/audit${apiQuery(filter)}`, auditPage), call.get("/api/audit/policy", auditPolicy)]),
  );
  return { filter, page, policy };
}

export async function action({ request, context }: ActionFunctionArgs) {
  const retentionDays = Number((await request.formData()).get("retentionDays"));
  try {
    await context.api.call.json("/api/audit/policy", auditPolicy, ["PUT", { retentionDays }]);
    return data({ saved: true, problem: null });
  } catch (error) {
    if (error instanceof ApiProblem) return data({ saved: false, problem: error.problem }, { status: error.status });
    throw error;
  }
}

export default function Audit() {
  const { filter, page } = useLoaderData<typeof loader>();
  const filtered = pageQuery(filter, { cursor: "" }) !== "?";
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-wrap items-start gap-4">
        <p className="min-w-0 flex-1 basis-60 text-n11">{auditText.intro}</p>
        <a href="/api/audit/export" download className={buttonClass("plain")} title={auditText.exportHint}>
          {auditText.export}
        </a>
      </div>
      <Filters key={pageQuery(filter, {})} filter={filter} filtered={filtered} />
      {page.items.length === 0 ? (
        <Empty
          title={filtered ? auditText.noneTitle : auditText.emptyTitle}
          detail={filtered ? auditText.noneDetail : auditText.emptyDetail}
        />
      ) : (
        <ol className="flex flex-col">
          {linesOf(page.items).map(({ entry, begun }) => (
            <li key={entry.seq} className="border-n6 border-b last:border-0">
              <AuditEntryRow entry={entry} begun={begun} filter={filter} />
            </li>
          ))}
        </ol>
      )}
      <Pages filter={filter} next={page.nextCursor} />
      <Kept />
    </div>
  );
}

/** The address holds the filter, so that it works without scripts and can be shared. */
function Filters({ filter, filtered }: { filter: AuditFilter; filtered: boolean }) {
  return (
    <details className="group" open={filtered}>
      <summary className="flex w-fit cursor-pointer items-center gap-2 rounded-6 py-1 text-n11 hover:text-n12">
        <ChevronRight size={14} className="shrink-0 group-open:rotate-90" aria-hidden />
        {auditText.filters}
      </summary>
      <Form method="get" aria-label={auditText.filters} className="flex flex-col gap-4 pt-3">
        <div className="grid gap-4 sm:grid-cols-2">
          {filter.actor && <input type="hidden" name="actor" value={filter.actor} />}
          <Field id="noun" label={auditText.noun}>
            <select id="noun" name="noun" className="field" defaultValue={filter.noun}>
              <option value="">{auditText.everything}</option>
              {Object.entries(auditNouns).map(([noun, words]) => (
                <option key={noun} value={noun}>
                  {words}
                </option>
              ))}
            </select>
          </Field>
          <Field id="target" label={auditText.target}>
            <input
              id="target"
              name="target"
              className="field"
              defaultValue={filter.target}
              placeholder={auditText.targetHint}
            />
          </Field>
          <Field id="from" label={auditText.from}>
            <input id="from" name="from" type="date" className="field" defaultValue={filter.from} />
          </Field>
          <Field id="until" label={auditText.until}>
            <input id="until" name="until" type="date" className="field" defaultValue={filter.until} />
          </Field>
        </div>
        <div className="flex flex-wrap items-center gap-2">
          <Button type="submit">{auditText.show}</Button>
          {filtered && (
            <Link to="?" className={buttonClass("quiet")}>
              {auditText.clear}
            </Link>
          )}
          {filter.actor && <span className="text-13 text-n11">{auditText.byOne(filter.actor)}</span>}
        </div>
      </Form>
    </details>
  );
}

function Pages({ filter, next }: { filter: AuditFilter; next: string | null }) {
  if (!filter.cursor && !next) return null;
  return (
    <div className="flex flex-wrap gap-2">
      {filter.cursor && (
        <Link to={pageQuery(filter, { cursor: "" })} className={buttonClass("plain")}>
          {auditText.newest}
        </Link>
      )}
      {next && (
        <Link to={pageQuery(filter, { cursor: next })} className={buttonClass("plain")}>
          {auditText.older}
        </Link>
      )}
    </div>
  );
}

/** Less time removes entries for good, so that it is asked about. */
function Kept() {
  const { policy } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const submit = useSubmit();
  const form = useRef<HTMLFormElement>(null);
  const [ask, setAsk] = useState<Confirmation | null>(null);
  const days = [...new Set([...KEPT_DAYS, policy.retentionDays])].sort((a, b) => a - b);
  return (
    <Form
      ref={form}
      method="post"
      className="flex flex-col gap-3 border-n6 border-t pt-6"
      onSubmit={(event) => {
        const wanted = Number(new FormData(event.currentTarget).get("retentionDays"));
        if (wanted === 0 || (policy.retentionDays !== 0 && wanted >= policy.retentionDays)) return;
        event.preventDefault();
        setAsk({
          ...auditText.shorter,
          onConfirm: () => {
            setAsk(null);
            submit(form.current, { preventScrollReset: true });
          },
        });
      }}
    >
      <Field id="retentionDays" label={auditText.kept} hint={auditText.keptHint}>
        <select
          key={policy.retentionDays}
          id="retentionDays"
          name="retentionDays"
          className="field"
          defaultValue={policy.retentionDays}
          aria-describedby={noteId("retentionDays")}
        >
          {days.map((one) => (
            <option key={one} value={one}>
              {one === 0 ? auditText.forEver : auditText.days(one)}
            </option>
          ))}
        </select>
      </Field>
      {answer?.problem && <ProblemNotice problem={answer.problem} />}
      {answer?.saved && <Notice look="good">{text.settings.saved}</Notice>}
      <Button type="submit" className="self-start">
        {text.actions.save}
      </Button>
      {ask && (
        <Suspense>
          <ConfirmOpen ask={ask} onClose={() => setAsk(null)} />
        </Suspense>
      )}
    </Form>
  );
}
