import { Ellipsis } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { text } from "../lib/text.ts";
import { IconButton } from "./ui/button.tsx";

const load = () => import("./more-menu-open.client.tsx");
const Open = lazy(load);

/** The menu of a conversation. What is in it comes when a person first reaches for it. */
export function MoreMenu() {
  const [wanted, setWanted] = useState(false);
  const mark = <Ellipsis size={16} aria-hidden />;
  const closed = (
    <IconButton
      label={text.header.more}
      aria-haspopup="menu"
      aria-expanded={false}
      onClick={() => setWanted(true)}
      onPointerEnter={() => void load()}
      onFocus={() => void load()}
    >
      {mark}
    </IconButton>
  );
  if (!wanted) return closed;
  return (
    <Suspense fallback={closed}>
      <Open>
        <IconButton label={text.header.more}>{mark}</IconButton>
      </Open>
    </Suspense>
  );
}
