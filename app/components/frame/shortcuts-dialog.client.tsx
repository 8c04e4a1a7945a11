import { shortcutsText } from "../../lib/text-palette.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Key } from "./nav.tsx";

export function ShortcutsDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={shortcutsText.title}>
      <dl className="flex flex-col p-4">
        {shortcutsText.list.map(([keys, what]) => (
          <div key={what} className="flex items-center gap-4 border-n6 border-b py-2 last:border-0">
            <dt className="flex w-40 shrink-0 gap-1">
              {keys.map((one) => (
                <Key key={one}>{one}</Key>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
