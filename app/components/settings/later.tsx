import { type ReactNode, Suspense } from "react";
import { settingsPagesText } from "../../lib/text-settings-pages.ts";
import { useScripted } from "../../lib/use-scripted.ts";
import { Notice } from "../ui/notice.tsx";
import { Skeleton } from "../ui/page.tsx";

/** A page whose component only browsers load. The server has checked who may see it and read what it shows. */
export function Later({ children }: { children: ReactNode }) {
  const waiting = (
    <>
      <Skeleton rows={6} />
      <noscript>
        <Notice look="warning">{settingsPagesText.needsScripts}</Notice>
      </noscript>
    </>
  );
  return useScripted() ? <Suspense fallback={waiting}>{children}</Suspense> : waiting;
}
