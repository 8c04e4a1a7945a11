import { cloneElement, type ReactElement, Suspense, useState } from "react";

interface LateMenuProps {
  /** Fetches the code of what `open` renders. */
  load: () => Promise<unknown>;
  /** The menu, open, around its button. */
  open: (button: ReactElement) => ReactElement;
  /** Its button. */
  children: ReactElement;
}

/** A menu's button. What is in the menu comes when a person first reaches for it. */
export function LateMenu({ load, open, children }: LateMenuProps) {
  const [wanted, setWanted] = useState(false);
  const closed = cloneElement(children, {
    "aria-haspopup": "menu",
    "aria-expanded": false,
    onClick: () => setWanted(true),
    onPointerEnter: () => void load(),
    onFocus: () => void load(),
  });
  return wanted ? <Suspense fallback={closed}>{open(children)}</Suspense> : closed;
}
