import { Ellipsis } from "lucide-react";
import { lazy } from "react";
import { text } from "../lib/text.ts";
import { IconButton } from "./ui/button.tsx";
import { LateMenu } from "./ui/late-menu.tsx";

const load = () => import("./more-menu-open.client.tsx");
const Open = lazy(load);

/** The menu of a conversation. */
export function MoreMenu() {
  return (
    <LateMenu load={load} open={(button) => <Open>{button}</Open>}>
      <IconButton label={text.header.more}>
        <Ellipsis size={16} aria-hidden />
      </IconButton>
    </LateMenu>
  );
}
