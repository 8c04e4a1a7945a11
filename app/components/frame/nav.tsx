import { Link, NavLink } from "@remix-run/react";
import { Bot, CircleUser, FolderGit2, MessagesSquare, PanelLeft, Plus, Search, SunMoon } from "lucide-react";
import { lazy, type ReactNode } from "react";
import type { ConversationSummary } from "#contract/conversation";
import type { Me } from "#contract/me";
import { text } from "../../lib/text.ts";
import { useScripted } from "../../lib/use-scripted.ts";
import { IconButton } from "../ui/button.tsx";
import { LateMenu } from "../ui/late-menu.tsx";
import { ConversationRow } from "./conversation-row.tsx";
import { useFrame } from "./frame-context.ts";

const loadAccount = () => import("./account-menu.client.tsx");
const AccountMenu = lazy(loadAccount);

export interface NavProps {
  me: Me;
  conversations: ConversationSummary[];
  narrow: boolean;
  /** Absent where the navigation is a sheet. */
  onToggle?: () => void;
}

const ROW = "row-link flex h-8 pointer-coarse:h-11 items-center gap-2 rounded-6 px-2 text-13 text-n12";

export function Nav({ me, conversations, narrow, onToggle }: NavProps) {
  const guest = me.member.role === "guest";
  return (
    <nav aria-label={text.nav.label} className="flex h-full min-h-0 flex-col gap-1 bg-n2 p-2">
      <div className="flex items-center gap-2">
        {!narrow && (
          <Link to="/conversations" className="min-w-0 flex-1 truncate px-2 font-semibold text-15">
            {me.org.name}
          </Link>
        )}
        {onToggle && (
          <IconButton label={narrow ? text.nav.widen : text.nav.narrow} aria-expanded={!narrow} onClick={onToggle}>
            <PanelLeft size={16} aria-hidden />
          </IconButton>
        )}
      </div>
      <MainLinks narrow={narrow} guest={guest} />
      {!narrow && <Recent conversations={conversations} />}
      {narrow && <div className="flex-1" />}
      <div className="flex flex-col border-n6 border-t pt-2">
        {!guest && <WorkspaceLinks narrow={narrow} />}
        <Row to="/settings" end icon={<SunMoon size={16} aria-hidden />} label={text.nav.settings} narrow={narrow} />
        <LateMenu load={loadAccount} open={(button) => <AccountMenu me={me}>{button}</AccountMenu>}>
          <button type="button" className={`${ROW} text-left`} title={text.nav.signedInAs(me.member.name)}>
            <CircleUser size={16} aria-hidden />
            <span className={narrow ? "sr-only" : "flex-1 truncate"}>{me.member.name}</span>
          </button>
        </LateMenu>
      </div>
    </nav>
  );
}

/** What guests have no part in. */
function WorkspaceLinks({ narrow }: { narrow: boolean }) {
  return (
    <>
      <Row to="/settings/models" icon={<Bot size={16} aria-hidden />} label={text.nav.models} narrow={narrow} />
      <Row
        to="/settings/repositories"
        icon={<FolderGit2 size={16} aria-hidden />}
        label={text.nav.repositories}
        narrow={narrow}
      />
    </>
  );
}

function MainLinks({ narrow, guest }: { narrow: boolean; guest: boolean }) {
  const { openPalette } = useFrame();
  const mac = useScripted() && /Mac|iP/.test(navigator.platform);
  return (
    <div className="flex flex-col">
      <button type="button" className={`${ROW} text-left`} onClick={openPalette} title={text.nav.search}>
        <Search size={16} aria-hidden />
        <span className={narrow ? "sr-only" : "flex-1"}>{text.nav.search}</span>
        {!narrow && <Key>{text.keys.palette(mac)}</Key>}
      </button>
      {!guest && (
        <Row
          to="/conversations/new"
          icon={<Plus size={16} aria-hidden />}
          label={text.nav.newConversation}
          narrow={narrow}
          hint={<Key>C</Key>}
        />
      )}
      <Row
        to="/conversations"
        end
        icon={<MessagesSquare size={16} aria-hidden />}
        label={text.nav.conversations}
        narrow={narrow}
      />
    </div>
  );
}

function Recent({ conversations }: { conversations: ConversationSummary[] }) {
  return (
    <div className="flex min-h-0 flex-1 flex-col pt-3">
      <h2 className="px-2 pb-1 font-medium text-12 text-n11">{text.nav.recent}</h2>
      {conversations.length === 0 && <p className="px-2 text-12 text-n11">{text.nav.noneYet}</p>}
      <ul className="min-h-0 flex-1 overflow-y-auto">
        {conversations.map((one) => (
          <li key={one.id}>
            <ConversationRow conversation={one} />
          </li>
        ))}
      </ul>
    </div>
  );
}

interface RowProps {
  to: string;
  end?: boolean;
  icon: ReactNode;
  label: string;
  narrow: boolean;
  hint?: ReactNode;
}

function Row({ to, end = false, icon, label, narrow, hint }: RowProps) {
  return (
    <NavLink to={to} end={end} className={ROW} title={narrow ? label : undefined} prefetch="intent">
      {icon}
      <span className={narrow ? "sr-only" : "flex-1 truncate"}>{label}</span>
      {!narrow && hint}
    </NavLink>
  );
}

export function Key({ children }: { children: ReactNode }) {
  return (
    <kbd className="rounded-6 border border-n6 bg-n1 px-1 font-sans text-12 text-n11 pointer-coarse:hidden">
      {children}
    </kbd>
  );
}
