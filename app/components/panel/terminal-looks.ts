import type { ITheme } from "@xterm/xterm";

/** Which role of the page's own palette each of a terminal's colours plays; bright ones are the same, and stay readable. */
const ROLES = {
  background: "--n1",
  foreground: "--n12",
  cursor: "--accent",
  cursorAccent: "--n1",
  selectionBackground: "--accent-line",
  black: "--n12",
  red: "--red",
  green: "--green",
  yellow: "--amber",
  blue: "--accent",
  magenta: "--violet",
  cyan: "--accent",
  white: "--n11",
  brightBlack: "--n10",
  brightRed: "--red",
  brightGreen: "--green",
  brightYellow: "--amber",
  brightBlue: "--accent-strong",
  brightMagenta: "--violet",
  brightCyan: "--accent-strong",
  brightWhite: "--n12",
} as const satisfies ITheme;

export function terminalTheme(element: Element): ITheme {
  const style = getComputedStyle(element);
  return Object.fromEntries(Object.entries(ROLES).map(([name, role]) => [name, style.getPropertyValue(role).trim()]));
}

export function terminalFont(element: Element): string {
  return getComputedStyle(element).getPropertyValue("--font-mono").trim() || "monospace";
}

/** Tells when the page changes its looks: by the person's choice, or with the system's. */
export function onLooksChanged(tell: () => void): () => void {
  const observer = new MutationObserver(tell);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme", "data-contrast"] });
  const query = window.matchMedia("(prefers-color-scheme: dark)");
  query.addEventListener("change", tell);
  return () => {
    observer.disconnect();
    query.removeEventListener("change", tell);
  };
}
