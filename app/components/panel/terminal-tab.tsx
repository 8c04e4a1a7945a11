import "@xterm/xterm/css/xterm.css";
import { useEffect, useRef, useState } from "react";
import { useHead } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";
import { Asleep, useAsleep } from "./asleep.tsx";
import { openShell, type Shell, type ShellState } from "./shell.ts";

/** A shell in the sandbox, once there is a sandbox that runs: looking at this tab does not start one. */
export default function TerminalTab() {
  const [open, setOpen] = useState(false);
  const asleep = useAsleep();
  useEffect(() => {
    if (!asleep) setOpen(true);
  }, [asleep]);
  return open ? <OpenTerminal asleep={asleep} /> : <Asleep />;
}

/** What was shown stays on the page when the connection goes; it comes back when the person asks. */
function OpenTerminal({ asleep }: { asleep: boolean }) {
  const { id } = useHead();
  const box = useRef<HTMLElement>(null);
  const shell = useRef<Shell | null>(null);
  const [state, setState] = useState<ShellState>("connecting");
  useEffect(() => {
    if (!box.current) return;
    const made = openShell({ conversationId: id, parent: box.current, onState: setState });
    shell.current = made;
    made.connect();
    return () => {
      shell.current = null;
      made.end();
    };
  }, [id]);
  return (
    <div className="flex h-full min-h-0 flex-col">
      {state !== "connected" && (
        <div className="p-2">
          <Away state={state} asleep={asleep} onConnect={() => shell.current?.connect()} />
        </div>
      )}
      <div className="min-h-0 flex-1 bg-n1 px-2 pt-2">
        <section
          ref={box}
          className="h-full overflow-hidden"
          aria-label={text.terminal.label}
          data-testid="terminal"
          data-state={state}
        />
      </div>
      <Keys shell={() => shell.current} />
    </div>
  );
}

interface AwayProps {
  state: ShellState;
  asleep: boolean;
  onConnect: () => void;
}

function Away({ state, asleep, onConnect }: AwayProps) {
  if (state === "connecting") return <Notice>{text.terminal.connecting}</Notice>;
  const words = state === "ended" ? text.terminal.ended : text.terminal.disconnected;
  return (
    <Notice look="warning">
      <p>{asleep ? text.terminal.stopped : words}</p>
      <Button className="mt-2" onClick={onConnect}>
        {asleep ? text.terminal.startAndConnect : text.terminal.connect}
      </Button>
    </Notice>
  );
}

const KEYS = [
  ["Esc", "\x1b"],
  ["Tab", "\t"],
  ["Ctrl C", "\x03"],
  ["Ctrl D", "\x04"],
  ["↑", "\x1b[A"],
  ["↓", "\x1b[B"],
  ["←", "\x1b[D"],
  ["→", "\x1b[C"],
] as const;

/** The keys a phone's keyboard lacks, and its clipboard. */
function Keys({ shell }: { shell: () => Shell | null }) {
  return (
    <div
      role="toolbar"
      aria-label={text.terminal.keys}
      className="hidden shrink-0 gap-1 overflow-x-auto border-n6 border-t p-1 pb-[max(4px,env(safe-area-inset-bottom))] max-md:flex pointer-coarse:flex"
    >
      {KEYS.map(([name, keys]) => (
        <Button key={name} look="quiet" className="px-2" title={name} onClick={() => shell()?.type(keys)}>
          <span aria-hidden>{name}</span>
          <span className="sr-only">{text.terminal.key(name)}</span>
        </Button>
      ))}
      <Button look="quiet" className="px-2" onClick={() => void shell()?.copy()}>
        {text.actions.copy}
      </Button>
      <Button
        look="quiet"
        className="px-2"
        onClick={() =>
          void shell()
            ?.paste()
            .catch(() => undefined)
        }
      >
        {text.actions.paste}
      </Button>
    </div>
  );
}
