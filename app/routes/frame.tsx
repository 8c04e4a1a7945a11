import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import {
  Outlet,
  type ShouldRevalidateFunctionArgs,
  useLoaderData,
  useLocation,
  useNavigate,
  useRouteLoaderData,
} from "@remix-run/react";
import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { ErrorPage } from "../components/error-page.tsx";
import { FrameContext } from "../components/frame/frame-context.ts";
import { Nav } from "../components/frame/nav.tsx";
import { browserApi } from "../lib/browser-api.ts";
import { answerOf } from "../lib/context.ts";
import { useFreshList } from "../lib/list-refresh.ts";
import { preferenceCookies } from "../lib/preferences.ts";
import { useShortcut } from "../lib/shortcuts.ts";
import { text } from "../lib/text.ts";
import type { loader as rootLoader } from "../root.tsx";

const NavSheet = lazy(() => import("../components/frame/nav-sheet.client.tsx"));
const Palette = lazy(() => import("../components/frame/palette.client.tsx"));
const Shortcuts = lazy(async () => ({
  default: (await import("../components/frame/shortcuts-dialog.client.tsx")).ShortcutsDialog,
}));

const RECENT = { archived: false, limit: 50 };
const loadRecent = () => browserApi.conversations.list(RECENT);

export async function loader({ context }: LoaderFunctionArgs) {
  const [me, page] = await answerOf(Promise.all([context.api.me(), context.api.conversations.list(RECENT)]));
  return { me, recent: page };
}

/** The list is the same on every tab of a page. */
export function shouldRevalidate({
  currentUrl,
  nextUrl,
  defaultShouldRevalidate,
}: ShouldRevalidateFunctionArgs): boolean {
  if (currentUrl.pathname === nextUrl.pathname && currentUrl.search !== nextUrl.search) return false;
  return defaultShouldRevalidate || currentUrl.pathname !== nextUrl.pathname;
}

type Overlay = "nav" | "palette" | "shortcuts" | null;

export default function Frame() {
  const { me, recent } = useLoaderData<typeof loader>();
  const conversations = useFreshList(recent, loadRecent).items;
  const [overlay, setOverlay] = useState<Overlay>(null);
  const [narrow, toggleNarrow] = useNarrowNav();
  const { pathname } = useLocation();
  useFrameKeys(setOverlay);
  useEffect(() => {
    if (pathname) setOverlay(null);
  }, [pathname]);
  const actions = useMemo(
    () => ({
      openNav: () => setOverlay("nav"),
      openPalette: () => setOverlay("palette"),
      openShortcuts: () => setOverlay("shortcuts"),
    }),
    [],
  );
  const close = () => setOverlay(null);
  return (
    <FrameContext.Provider value={actions}>
      <a href="#main" className="float fixed top-2 left-2 z-50 -translate-y-24 px-3 py-2 focus:translate-y-0">
        {text.nav.skip}
      </a>
      <div className="flex h-dvh">
        <div className={`hidden shrink-0 border-n6 border-r md:block ${narrow ? "w-14" : "w-60"}`}>
          <Nav me={me} conversations={conversations} narrow={narrow} onToggle={toggleNarrow} />
        </div>
        <main id="main" className="min-w-0 flex-1" tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      {overlay && (
        <Suspense>
          {overlay === "nav" && <NavSheet me={me} conversations={conversations} onClose={close} />}
          {overlay === "palette" && <Palette open onOpenChange={close} onShortcuts={() => setOverlay("shortcuts")} />}
          {overlay === "shortcuts" && <Shortcuts open onOpenChange={close} />}
        </Suspense>
      )}
    </FrameContext.Provider>
  );
}

export function ErrorBoundary() {
  return (
    <main className="flex min-h-dvh items-center justify-center p-6">
      <ErrorPage />
    </main>
  );
}

function useNarrowNav(): [boolean, () => void] {
  const kept = useRouteLoaderData<typeof rootLoader>("root")?.preferences.nav;
  const [narrow, setNarrow] = useState(kept === "narrow");
  const toggle = () => {
    const next = !narrow;
    setNarrow(next);
    for (const cookie of preferenceCookies({ nav: next ? "narrow" : "open" })) setCookie(cookie);
  };
  return [narrow, toggle];
}

function setCookie(cookie: string): void {
  Reflect.set(document, "cookie", cookie);
}

function useFrameKeys(show: (overlay: Overlay) => void): void {
  const navigate = useNavigate();
  useShortcut((key) => {
    if (key === "c") navigate("/conversations/new");
    else if (key === "?") show("shortcuts");
    else return false;
    return true;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (!(event.metaKey || event.ctrlKey) || event.key.toLowerCase() !== "k") return;
      event.preventDefault();
      show("palette");
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, [show]);
}
