import { NavLink, Outlet, useLocation } from "@remix-run/react";
import { useEffect, useRef } from "react";
import { NavButton } from "../components/frame/nav-button.tsx";
import { settingsGroups } from "../lib/settings-pages.ts";
import { text } from "../lib/text.ts";
import { useMe } from "../lib/use-me.ts";

export { PageError as ErrorBoundary } from "../components/page-error.tsx";

const LINK =
  "block shrink-0 rounded-6 px-3 py-1.5 text-13 text-n11 hover:bg-n3 hover:text-n12 aria-[current=page]:bg-n4 aria-[current=page]:text-n12 pointer-coarse:py-2.5";

export default function Settings() {
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto flex max-w-[960px] flex-col gap-6 px-4 pt-6 pb-16 sm:px-8 sm:pt-10">
        <div className="flex min-h-8 items-center gap-4">
          <NavButton />
          <h1 className="font-semibold text-18 sm:text-24">{text.settings.title}</h1>
        </div>
        <div className="flex flex-col gap-6 lg:flex-row lg:gap-10">
          <Sections />
          <div className="min-w-0 max-w-[720px] flex-1">
            <Outlet />
          </div>
        </div>
      </div>
    </div>
  );
}

/** One line that scrolls where there is little room, a column beside the page where there is more. */
function Sections() {
  const role = useMe()?.member.role ?? "guest";
  const { pathname } = useLocation();
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    if (pathname)
      nav.current?.querySelector("[aria-current=page]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [pathname]);
  return (
    <nav
      ref={nav}
      aria-label={text.settings.sections}
      className="-mx-4 flex shrink-0 gap-1 overflow-x-auto border-n6 border-b px-4 pb-2 lg:mx-0 lg:w-44 lg:flex-col lg:gap-5 lg:overflow-visible lg:border-0 lg:p-0"
    >
      {settingsGroups(role).map(({ title, pages }) => (
        <div key={title} className="contents lg:block">
          <h2 className="hidden px-3 pb-1 font-medium text-12 text-n11 lg:block">{title}</h2>
          <ul className="contents lg:block">
            {pages.map(([label, to]) => (
              <li key={to} className="shrink-0">
                <NavLink to={to} end className={LINK}>
                  {label}
                </NavLink>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
