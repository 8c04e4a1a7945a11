import { useNavigate } from "@remix-run/react";
import { Building2, KeyRound, LogOut, Settings, Shield, UserRound } from "lucide-react";
import { type ReactElement, useState } from "react";
import type { Me } from "#contract/me";
import { signOut } from "../../lib/sign-out.ts";
import { accountMenuText as words } from "../../lib/text-account.ts";
import type { MenuEntry } from "../ui/menu.tsx";
import MenuOpen from "../ui/menu-open.client.tsx";
import { Notice } from "../ui/notice.tsx";

/** What people do with their own account, opened at once. Without sign-in there is nothing to sign out of. */
export default function AccountMenu({ me, children }: { me: Me; children: ReactElement }) {
  const navigate = useNavigate();
  const [failed, setFailed] = useState(false);
  const page = (label: string, to: string, icon: ReactElement): MenuEntry => ({
    label,
    icon,
    onSelect: () => navigate(to),
  });
  const leave = () => signOut(me).catch(() => setFailed(true));
  const entries: MenuEntry[] = [
    page(words.account, "/settings/profile", <UserRound size={14} aria-hidden />),
    page(words.security, "/settings/security", <Shield size={14} aria-hidden />),
    page(words.apiKeys, "/settings/api-keys", <KeyRound size={14} aria-hidden />),
    page(words.settings, "/settings", <Settings size={14} aria-hidden />),
  ];
  if (me.via === "session")
    entries.push(
      {
        label: words.switchOrg,
        icon: <Building2 size={14} aria-hidden />,
        onSelect: () => window.location.assign(`${me.appUrl}/organisations`),
      },
      { label: words.signOut, icon: <LogOut size={14} aria-hidden />, onSelect: () => void leave() },
    );
  return (
    <>
      <MenuOpen open entries={entries} notes={[`${me.member.name} · ${me.org.name}`]}>
        {children}
      </MenuOpen>
      {failed && (
        <div className="fixed bottom-4 left-4 z-50 max-w-[min(360px,calc(100vw-32px))]">
          <Notice look="error">{words.failed}</Notice>
        </div>
      )}
    </>
  );
}
