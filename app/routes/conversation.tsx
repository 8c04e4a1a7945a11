import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/cloudflare";
import {
  type ClientLoaderFunctionArgs,
  type ShouldRevalidateFunctionArgs,
  useLoaderData,
  useSearchParams,
} from "@remix-run/react";
import { type ReactNode, useEffect } from "react";
import type { Model } from "#contract/provider";
import { ComposerOrRestore } from "../components/composer/restore-bar.tsx";
import { ConversationHeader } from "../components/conversation-header.tsx";
import { SplitPage } from "../components/panel/split-page.tsx";
import { isTab, type Tab } from "../components/panel/tabs.ts";
import { loadMarkdown } from "../components/transcript/load-markdown.ts";
import { Transcript } from "../components/transcript/transcript.tsx";
import { membersApi } from "../lib/access-api.ts";
import { answerOf } from "../lib/context.ts";
import { listChanged } from "../lib/list-refresh.ts";
import type { ConversationStore } from "../lib/live/store.ts";
import { StoreProvider, useConversationStore, useLive, useStore } from "../lib/live/use-live.ts";
import { ModelsContext } from "../lib/models.ts";
import { text } from "../lib/text.ts";

export { PageError as ErrorBoundary } from "../components/page-error.tsx";

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: text.pageTitle(data?.snapshot.head.title ?? text.nav.conversations) },
];

export async function loader({ params, context }: LoaderFunctionArgs) {
  const [snapshot, models] = await answerOf(
    Promise.all([context.api.conversations.get(params.id ?? ""), context.api.models()]),
  );
  const { spaceId } = snapshot.head;
  const space = spaceId === null ? null : await membersApi(context.api).spaceIfSeen(spaceId);
  return { snapshot, models, space: space && { id: space.id, name: space.name } };
}

/** Messages are Markdown: a page that came without its renderer would be laid out twice. */
export async function clientLoader({ serverLoader }: ClientLoaderFunctionArgs) {
  const [loaded] = await Promise.all([serverLoader<typeof loader>(), loadMarkdown()]);
  return loaded;
}

/** The page's own socket keeps it up to date; only another conversation is a reason to load. */
export function shouldRevalidate({ currentParams, nextParams }: ShouldRevalidateFunctionArgs): boolean {
  return currentParams.id !== nextParams.id;
}

export default function ConversationRoute() {
  const loaded = useLoaderData<typeof loader>();
  return <Conversation key={loaded.snapshot.head.id} {...loaded} />;
}

function Conversation({ snapshot, models, space }: ReturnType<typeof useLoaderData<typeof loader>>) {
  const store = useConversationStore(snapshot);
  const [params, setParams] = useSearchParams();
  const tab = isTab(params.get("tab"));
  const show = (next: { tab?: Tab | null; file?: string | null }) => {
    const query = new URLSearchParams(params);
    for (const [key, value] of Object.entries(next)) {
      if (value === null) query.delete(key);
      else query.set(key, value);
    }
    setParams(query, { replace: true, preventScrollReset: true });
  };
  const close = () => show({ tab: null, file: null });
  return (
    <Providers store={store} models={models}>
      <Effects />
      <SplitPage
        panel={
          tab && {
            tab,
            file: params.get("file"),
            onTab: (next) => show({ tab: next, file: null }),
            onFile: (file) => show({ file }),
            onClose: close,
          }
        }
      >
        <div className="flex h-full min-h-0 flex-col">
          <ConversationHeader
            space={space}
            panelOpen={tab !== null}
            onPanel={() => (tab ? close() : show({ tab: "changes" }))}
          />
          <Transcript />
          <ComposerOrRestore models={models} />
        </div>
      </SplitPage>
    </Providers>
  );
}

interface ProvidersProps {
  store: ConversationStore;
  models: readonly Model[];
  children: ReactNode;
}

function Providers({ store, models, children }: ProvidersProps) {
  return (
    <ModelsContext.Provider value={models}>
      <StoreProvider value={store}>{children}</StoreProvider>
    </ModelsContext.Provider>
  );
}

/** What follows from the state without being on the page: the window's title, the list, and how far one has read. */
function Effects() {
  const store = useStore();
  const title = useLive((one) => one.state.head?.title ?? "");
  const runs = useLive((one) => [...one.state.runs.values()].map((run) => run.status).join());
  const asks = useLive((one) => (one.state.head?.approvals.length ?? 0) + (one.state.head?.questions.length ?? 0));
  const seq = useLive((one) => one.state.seq);
  useEffect(() => {
    document.title = text.pageTitle(asks > 0 ? text.list.askTitle(title) : title);
  }, [title, asks]);
  const listed = `${title} ${runs} ${asks}`;
  useEffect(() => {
    if (listed) listChanged();
  }, [listed]);
  useEffect(() => {
    const timer = setTimeout(() => {
      if (document.visibilityState === "visible") markRead(store, seq);
    }, 1_000);
    return () => clearTimeout(timer);
  }, [store, seq]);
  return null;
}

/** Moves the mark only over something worth reading: the mark's own event must not move it again. */
function markRead(store: ReturnType<typeof useStore>, seq: number): void {
  const mine = store.state.head?.participants.find((one) => one.memberId === store.memberId);
  if (store.connectionState !== "live" || !mine || mine.readSeq >= store.notableSeq) return;
  void store.command({ type: "read.move", seq }).then(listChanged, () => undefined);
}
