import { Menu } from "lucide-react";
import { text } from "../../lib/text.ts";
import { IconButton } from "../ui/button.tsx";
import { useFrame } from "./frame-context.ts";

/** Opens the navigation where there is no room to keep it on the page. */
export function NavButton() {
  const { openNav } = useFrame();
  return (
    <IconButton label={text.nav.open} className="-ml-1 md:hidden" onClick={openNav}>
      <Menu size={18} aria-hidden />
    </IconButton>
  );
}
