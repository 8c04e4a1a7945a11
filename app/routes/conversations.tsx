import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/cloudflare";
import { Form, Link, useLoaderData, useNavigation, useSearchParams } from "@remix-run/react";
import { useCallback } from "react";
import type { ConversationSummary } from "#contract/conversation";
import type { Space } from "#contract/space";
import { UnreadDot } from "../components/frame/conversation-row.tsx";
import { Snippet } from "../components/frame/snippet.tsx";
import { StatusMark } from "../components/frame/status-mark.tsx";
import { SpaceOptions } from "../components/space-options.tsx";
import { Button, buttonClass } from "../components/ui/button.tsx";
import { Empty, Page } from "../components/ui/page.tsx";
import { Time } from "../components/ui/time.tsx";
import { membersApi } from "../lib/access-api.ts";
import { browserApi } from "../lib/browser-api.ts";
import { answerOf } from "../lib/context.ts";
import { cost } from "../lib/format.ts";
import { useFreshList } from "../lib/list-refresh.ts";
import { placeOf } from "../lib/place.ts";
import { text } from "../lib/text.ts";
import { useMe } from "../lib/use-me.ts";

export const meta: MetaFunction = () => [{ title: text.pageTitle(text.nav.conversations) }];

export async function loader({ request, context }: LoaderFunctionArgs) {
  const query = new URL(request.url).searchParams;
  const q = query.get("q") ?? "";
  const archived = query.get("archived") === "true";
  const cursor = query.get("cursor") ?? "";
  const filter = { q, archived, cursor, spaceId: query.get("space") ?? "", limit: 50 };
  const [made, spaces] = await answerOf(
    Promise.all([context.api.conversations.list(filter), membersApi(context.api).spacesIfAny()]),
  );
  return { made, filter, spaces };
}

export default function Conversations() {
  const guest = useMe()?.member.role === "guest";
  const { made, filter, spaces } = useLoaderData<typeof loader>();
  const load = useCallback(() => browserApi.conversations.list(filter), [filter]);
  const page = useFreshList(made, load);
  const { q, archived, spaceId } = filter;
  const [params] = useSearchParams();
  const next = new URLSearchParams(params);
  if (page.nextCursor) next.set("cursor", page.nextCursor);
  return (
    <Page
      title={archived ? text.list.archivedTitle : text.nav.conversations}
      action={
        !guest && (
          <Link to="/conversations/new" className={buttonClass("primary")}>
            {text.nav.newConversation}
          </Link>
        )
      }
    >
      <SearchForm q={q} archived={archived} spaceId={spaceId} spaces={spaces} />
      {page.items.length === 0 ? (
        <NothingHere searched={q !== "" || spaceId !== ""} archived={archived} guest={guest} />
      ) : (
        <ul className="-mx-3 flex flex-col">
          {page.items.map((one) => (
            <li key={one.id} className="border-n6 border-b last:border-0">
              <Row conversation={one} />
            </li>
          ))}
        </ul>
      )}
      {page.nextCursor && (
        <Link to={`?${next}`} className={buttonClass("plain", "self-center")}>
          {text.list.older}
        </Link>
      )}
    </Page>
  );
}

interface SearchFormProps {
  q: string;
  archived: boolean;
  spaceId: string;
  spaces: Space[];
}

function SearchForm({ q, archived, spaceId, spaces }: SearchFormProps) {
  const busy = useNavigation().state === "loading";
  return (
    <Form role="search" className="flex flex-wrap items-center gap-2" aria-busy={busy}>
      <input
        type="search"
        name="q"
        key={q}
        defaultValue={q}
        aria-label={text.list.searchLabel}
        placeholder={text.list.searchLabel}
        className="field min-w-0 flex-1 basis-40"
      />
      {spaces.length > 0 && (
        <select
          key={spaceId}
          name="space"
          defaultValue={spaceId}
          aria-label={text.list.space}
          className="field w-auto max-w-48"
        >
          <SpaceOptions spaces={spaces} none={text.list.anySpace} />
        </select>
      )}
      {archived && <input type="hidden" name="archived" value="true" />}
      <Button type="submit">{text.list.search}</Button>
      <Link to={archived ? "/conversations" : "/conversations?archived=true"} className={buttonClass("quiet")}>
        {archived ? text.list.showOpen : text.list.showArchived}
      </Link>
    </Form>
  );
}

function Row({ conversation }: { conversation: ConversationSummary }) {
  const { id, title, preview, repository, updatedAt, unread, runStatus, pendingAsks, usage, match } = conversation;
  return (
    <Link
      to={placeOf({ conversationId: id, ...match })}
      prefetch="intent"
      className="row-link flex gap-3 rounded-6 px-3 py-3"
    >
      <span className="pt-1">
        <StatusMark status={runStatus} size={16} />
      </span>
      <span className="flex min-w-0 flex-1 flex-col gap-0.5">
        <span className="flex items-center gap-2">
          <span className={`min-w-0 flex-1 truncate text-15 ${unread ? "font-semibold" : ""}`}>{title}</span>
          {unread && <UnreadDot />}
        </span>
        {match ? (
          <Snippet parts={match.snippet} className="line-clamp-2" />
        ) : (
          preview && <span className="truncate text-13 text-n11">{preview}</span>
        )}
        <span className="flex flex-wrap gap-x-3 text-12 text-n11">
          {pendingAsks > 0 && <span className="font-medium text-amber">{text.list.asks(pendingAsks)}</span>}
          {repository && <span className="truncate">{repository.name}</span>}
          <Time at={updatedAt} />
          {usage.costMicroUsd > 0 && <span>{cost(usage.costMicroUsd)}</span>}
        </span>
      </span>
    </Link>
  );
}

function NothingHere({ searched, archived, guest }: { searched: boolean; archived: boolean; guest: boolean }) {
  if (searched) return <Empty title={text.list.noMatchTitle} detail={text.list.noMatchDetail} />;
  if (archived) return <Empty title={text.list.noArchivedTitle} detail={text.list.noArchivedDetail} />;
  if (guest) return <Empty title={text.nav.noneYet} detail={text.list.guestDetail} />;
  return (
    <Empty title={text.list.emptyTitle} detail={text.list.emptyDetail}>
      <Link to="/conversations/new" className={buttonClass("primary")}>
        {text.nav.newConversation}
      </Link>
      <Link to="/settings/models" className={buttonClass("plain")}>
        {text.list.addModel}
      </Link>
    </Empty>
  );
}

export { PageError as ErrorBoundary } from "../components/page-error.tsx";
