import { type ConnectionState, SandboxAddon } from "@cloudflare/sandbox/xterm";
import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import { text } from "../../lib/text.ts";
import { onLooksChanged, terminalFont, terminalTheme } from "./terminal-looks.ts";

export type ShellState = ConnectionState | "ended";

export interface Shell {
  connect(): void;
  /** Sends keys as if they were typed: what a phone's keyboard lacks. */
  type(keys: string): void;
  paste(): Promise<void>;
  copy(): Promise<void>;
  end(): void;
}

interface ShellOptions {
  conversationId: string;
  parent: HTMLElement;
  onState: (state: ShellState) => void;
}

/** A terminal on the page, not connected yet. It never comes back by itself: that would wake a sandbox nobody uses. */
export function openShell({ conversationId, parent, onState }: ShellOptions): Shell {
  const terminal = new Terminal({
    theme: terminalTheme(parent),
    fontFamily: terminalFont(parent),
    fontSize: 13,
    minimumContrastRatio: 4.5,
    scrollback: 5_000,
    screenReaderMode: true,
  });
  const fit = new FitAddon();
  let ended = false;
  const link = new SandboxAddon({
    reconnect: false,
    getWebSocketUrl: ({ origin }) =>
      `${origin}/api/conversations/${conversationId}/terminal?cols=${terminal.cols}&rows=${terminal.rows}`,
    onStateChange: (state, error) => {
      if (error?.message.startsWith("Session exited")) ended = true;
      onState(state === "disconnected" && ended ? "ended" : state);
    },
  });
  terminal.loadAddon(fit);
  terminal.loadAddon(link);
  terminal.open(parent);
  terminal.textarea?.setAttribute("aria-label", text.terminal.input);
  terminal.attachCustomKeyEventHandler((event) => !isPagesOwn(event, terminal));
  fit.fit();
  const observer = new ResizeObserver(() => fit.fit());
  observer.observe(parent);
  const deaf = onLooksChanged(() => {
    terminal.options.theme = terminalTheme(parent);
  });
  return {
    connect() {
      ended = false;
      link.connect({ sandboxId: conversationId });
    },
    type(keys) {
      terminal.input(keys);
      terminal.focus();
    },
    async paste() {
      terminal.paste(await navigator.clipboard.readText());
      terminal.focus();
    },
    copy: () => copySelection(terminal),
    end() {
      deaf();
      observer.disconnect();
      terminal.dispose();
    },
  };
}

/** Keys the shell does not get: Shift Tab leaves, Ctrl V and Ctrl Shift V paste, Ctrl C copies where text is chosen. */
function isPagesOwn(event: KeyboardEvent, terminal: Terminal): boolean {
  if (event.key === "Tab") return event.shiftKey;
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return false;
  const key = event.key.toLowerCase();
  if (key === "v") return true;
  if (key !== "c" || !terminal.hasSelection()) return false;
  if (event.type === "keydown") void copySelection(terminal);
  event.preventDefault();
  return true;
}

async function copySelection(terminal: Terminal): Promise<void> {
  await navigator.clipboard?.writeText(terminal.getSelection()).catch(() => undefined);
  terminal.clearSelection();
}
