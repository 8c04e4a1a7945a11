import "@xterm/xterm/css/xterm.css";
import { type ConnectionState, SandboxAddon } from "@cloudflare/sandbox/xterm";
import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import { useEffect, useRef, useState } from "react";
import { useHead } from "../../lib/live/use-live.ts";
import { text } from "../../lib/text.ts";
import { Button } from "../ui/button.tsx";
import { Notice } from "../ui/notice.tsx";

/**
 * A shell in the sandbox. Opening it wakes a sandbox that sleeps, so a lost connection comes back only when a person
 * asks: a forgotten page must not keep a machine awake.
 */
export default function TerminalTab() {
  const { id } = useHead();
  const box = useRef<HTMLElement>(null);
  const connect = useRef<() => void>(() => undefined);
  const [connection, setConnection] = useState<ConnectionState>("connecting");
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
      reconnect: false,
      getWebSocketUrl: ({ origin }) =>
        `${origin}/api/conversations/${id}/terminal?cols=${terminal.cols}&rows=${terminal.rows}`,
      onStateChange: setConnection,
    });
    terminal.loadAddon(fit);
    terminal.loadAddon(link);
    terminal.open(parent);
    fit.fit();
    connect.current = () => link.connect({ sandboxId: id });
    connect.current();
    const observer = new ResizeObserver(() => fit.fit());
    observer.observe(parent);
    return () => {
      observer.disconnect();
      terminal.dispose();
    };
  }, [id]);
  return (
    <div className="flex h-full min-h-0 flex-col">
      {connection !== "connected" && (
        <div className="p-2">
          {connection === "disconnected" ? (
            <Notice look="warning">
              <p>{text.terminal.disconnected}</p>
              <Button className="mt-2" onClick={() => connect.current()}>
                {text.terminal.connect}
              </Button>
            </Notice>
          ) : (
            <Notice>{text.terminal.connecting}</Notice>
          )}
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
