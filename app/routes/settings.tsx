import { NavLink, Outlet, useRouteLoaderData } from "@remix-run/react";
import { NavButton } from "../components/frame/nav-button.tsx";
import { text } from "../lib/text.ts";
import { settingsPagesText } from "../lib/text-settings-pages.ts";
import type { loader as frameLoader } from "./frame.tsx";

export { PageError as ErrorBoundary } from "../components/page-error.tsx";

/** What administrators alone may open stands last. */
const SECTIONS: [string, string][] = [
  [text.settings.appearance, "/settings"],
  [text.settings.models, "/settings/models"],
  [text.settings.repositories, "/settings/repositories"],
];
const ADMIN_SECTIONS: [string, string][] = [[settingsPagesText.audit, "/settings/audit"]];

export default function Settings() {
  const role = useRouteLoaderData<typeof frameLoader>("routes/frame")?.me.member.role;
  const isAdmin = role === "admin" || role === "owner";
  const sections = isAdmin ? [...SECTIONS, ...ADMIN_SECTIONS] : SECTIONS;
  return (
    <div className="h-full overflow-y-auto">
      <div className="mx-auto flex max-w-[760px] flex-col gap-6 px-4 pt-6 pb-16 sm:px-8 sm:pt-10">
        <div className="flex min-h-8 items-center gap-4">
          <NavButton />
          <h1 className="font-semibold text-18 sm:text-24">{text.settings.title}</h1>
        </div>
        <nav aria-label={text.settings.sections} className="-mt-2 flex gap-1 overflow-x-auto border-n6 border-b">
          {sections.map(([label, to]) => (
            <NavLink
              key={to}
              to={to}
              end
              className="shrink-0 border-transparent border-b-2 px-3 py-2 text-13 text-n11 hover:text-n12 aria-[current=page]:border-accent aria-[current=page]:text-n12"
            >
              {label}
            </NavLink>
          ))}
        </nav>
        <Outlet />
      </div>
    </div>
  );
}
