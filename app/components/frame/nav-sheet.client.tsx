import { text } from "../../lib/text.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Nav, type NavProps } from "./nav.tsx";

/** The navigation over the page, where there is no room beside it. */
export default function NavSheet({
  onClose,
  ...nav
}: Pick<NavProps, "me" | "conversations"> & { onClose: () => void }) {
  return (
    <Dialog open onOpenChange={onClose} title={text.nav.label} look="sheet">
      <Nav {...nav} narrow={false} />
    </Dialog>
  );
}
