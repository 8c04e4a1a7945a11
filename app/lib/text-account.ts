import type { Scope } from "#contract/api-key";

/** Where there is nobody with an account: a development machine without sign-in, or an agent's token. */
export const noAccountText = {
  title: "There is no account here",
  detail:
    "Nobody signs in to this Quayside: every request is that of the development administrator. Start it with another sign-in mode to have accounts.",
};

export const profileText = {
  form: "Profile",
  name: "Name",
  nameHint: "As others see it, here and in every organisation you join from now on.",
  email: "E-mail address",
  emailHint: (verified: boolean) => (verified ? "Confirmed." : "Not confirmed yet."),
  language: "Language",
  languages: { en: "English" },
  timeZone: "Time zone",
  timeZoneHint: "Kept with your account. Times on these pages are relative, or in UTC.",
  ofBrowser: (zone: string) => `As the browser (${zone})`,
};

export const securityText = {
  password: "Password",
  change: "Change the password",
  set: "Set a password",
  current: "Current password",
  next: "New password",
  nextHint: "At least 12 characters. A few words that do not belong together are good.",
  changed: "Your other browsers are signed out when it is changed.",
  sessions: "Where you are signed in",
  sessionsIntro: "A browser stays signed in for 30 days after its last visit, and for 90 days at the most.",
  here: "This browser",
  network: (address: string) => (address === "" ? "network unknown" : `network ${address}`),
  seen: "seen",
  signedIn: "signed in",
  end: "Sign out",
  endOne: (browser: string) => `Sign out ${browser}`,
  endOthers: "Sign out all others",
  endOthersAsk: "Sign out every other browser?",
  endOthersDetail: "They have to sign in again, in every organisation. This browser stays signed in.",
  unknownBrowser: "An unknown program",
  on: (browser: string, system: string) => `${browser} on ${system}`,
};

export const apiKeysText = {
  intro:
    "A key lets a program do what you may do here, within the scopes you give it. It ends when you revoke it, when it expires, or when you leave.",
  list: "Keys",
  add: "New key",
  create: "Create the key",
  name: "Name",
  nameHint: "What it is for, such as “nightly build”.",
  scopes: "What it may do",
  scopeHints: {
    read: "Read conversations, files, members and settings you can see.",
    write: "Begin and change conversations, upload files, make spaces.",
    runs: "Post messages, have agents work, decide approvals.",
    tools: "Use the tools of connected servers.",
    workers: "Register machines that take on runs.",
    admin: "Change settings, members and keys, as far as your role reaches.",
  } satisfies Record<Scope, string>,
  expires: "Expires",
  expiries: [
    ["7", "in 7 days"],
    ["30", "in 30 days"],
    ["90", "in 90 days"],
    ["366", "in a year"],
    ["", "never"],
  ] as const,
  made: (name: string) => `The key “${name}” is made. Copy its token now: it is not shown again.`,
  token: "Token",
  none: "No keys yet",
  noneDetail: "Make one for a script, a build or another program that works with Quayside.",
  endsWith: (last: string) => `ends in ${last}`,
  until: (day: string) => `expires ${day}`,
  forEver: "does not expire",
  expired: "Expired",
  used: "used",
  unused: "never used",
  revoke: "Revoke",
  revokeOne: (name: string) => `Revoke the key ${name}`,
  revokeAsk: (name: string) => `Revoke “${name}”?`,
  revokeDetail: "Programs that use it are refused from now on. This cannot be undone.",
};

export const accountMenuText = {
  signOut: "Sign out",
  account: "Profile",
  security: "Security",
  apiKeys: "API keys",
  settings: "Settings",
  switchOrg: "Other organisations",
  failed: "You are still signed in: Quayside did not answer. Try again.",
};
