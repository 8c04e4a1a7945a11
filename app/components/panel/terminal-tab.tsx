import "@xterm/xterm/css/xterm.css";
import { SandboxAddon } from "@cloudflare/sandbox/xterm";
import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import { useEffect, useRef, useState } from "react";
import { useHead } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";
import { Notice } from "../ui/notice.tsx";

/** A shell in the sandbox. Opening it is what starts a sandbox that sleeps. */
export default function TerminalTab() {
  const { id } = useHead();
  const box = useRef<HTMLElement>(null);
  const [state, setState] = useState<{ connection: string; error: string | null }>({
    connection: "connecting",
    error: null,
  });
  useEffect(() => {
    const parent = box.current;
    if (!parent) return;
    const terminal = new Terminal({
      ...looksOf(parent),
      cursorBlink: false,
      scrollback: 5_000,
      screenReaderMode: true,
    });
    const fit = new FitAddon();
    const link = new SandboxAddon({
      getWebSocketUrl: ({ origin }) =>
        `${origin}/api/conversations/${id}/terminal?cols=${terminal.cols}&rows=${terminal.rows}`,
      onStateChange: (connection, error) => setState({ connection, error: error?.message ?? null }),
    });
    terminal.loadAddon(fit);
    terminal.loadAddon(link);
    terminal.open(parent);
    fit.fit();
    link.connect({ sandboxId: id });
    const observer = new ResizeObserver(() => fit.fit());
    observer.observe(parent);
    return () => {
      observer.disconnect();
      terminal.dispose();
    };
  }, [id]);
  return (
    <div className="flex h-full min-h-0 flex-col">
      {state.connection !== "connected" && (
        <div className="p-2">
          <Notice look={state.connection === "disconnected" ? "warning" : "info"}>
            {state.connection === "disconnected" ? text.terminal.disconnected : text.terminal.connecting}
          </Notice>
        </div>
      )}
      <section ref={box} className="min-h-0 flex-1 bg-n1 p-2" aria-label={text.terminal.label} data-testid="terminal" />
    </div>
  );
}

function looksOf(element: HTMLElement) {
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(name).trim();
  return {
    fontFamily: color("--font-mono") || "monospace",
    fontSize: 13,
    theme: {
      background: color("--n1"),
      foreground: color("--n12"),
      cursor: color("--accent"),
      selectionBackground: color("--accent-line"),
      green: color("--green"),
      red: color("--red"),
      yellow: color("--amber"),
      blue: color("--accent"),
      magenta: color("--violet"),
    },
  };
}
