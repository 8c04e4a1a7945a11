/** How this person wants the pages to look: kept in a cookie, so that the first byte is right. */
export interface Preferences {
  theme: "system" | "light" | "dark";
  contrast: "normal" | "high";
  nav: "open" | "narrow";
}

const NAMES = { theme: "qs_theme", contrast: "qs_contrast", nav: "qs_nav" } as const;

export function readPreferences(cookieHeader: string | null): Preferences {
  const cookies = new Map((cookieHeader ?? "").split(/;\s*/).map((one) => one.split("=", 2) as [string, string]));
  const theme = cookies.get(NAMES.theme);
  return {
    theme: theme === "light" || theme === "dark" ? theme : "system",
    contrast: cookies.get(NAMES.contrast) === "high" ? "high" : "normal",
    nav: cookies.get(NAMES.nav) === "narrow" ? "narrow" : "open",
  };
}

/** The `Set-Cookie` values, also good for `document.cookie`, that keep these preferences for a year. */
export function preferenceCookies(changes: Partial<Preferences>): string[] {
  return (Object.keys(changes) as (keyof Preferences)[]).map(
    (key) => `${NAMES[key]}=${changes[key]}; Path=/; Max-Age=31536000; SameSite=Lax`,
  );
}
