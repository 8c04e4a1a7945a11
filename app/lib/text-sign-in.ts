import type { OrgRole } from "#contract/member";

/** Words of the pages before an organisation's own: signing in, registering, choosing where to go. */
export const signInText = {
  needsScript: "This page needs JavaScript: the secret of the link stays in your browser until you use it.",

  signIn: {
    title: "Sign in",
    titleTo: (org: string) => `Sign in to ${org}`,
    email: "E-mail address",
    password: "Password",
    show: "Show password",
    hide: "Hide password",
    submit: "Sign in",
    busy: "Signing in…",
    forgot: "Forgot your password?",
    or: "or",
    with: (name: string) => `Continue with ${name}`,
    noWay: "Nobody can sign in here yet. Ask whoever runs this Quayside to set up a way.",
    toRegister: "No account yet?",
    register: "Register",
    again: "Go on",
    errors: {
      handover: "The way to the organisation was interrupted or used twice. Nothing is lost; go on from here.",
      other: "The sign-in did not work. Begin again; if it stays so, tell an administrator.",
    } as Record<string, string>,
    pendingTitle: "Almost there",
    pending:
      "Confirm your address by the link we sent you, or wait until an administrator lets you in. Then sign in again.",
  },

  register: {
    title: "Create an account",
    titleTo: (org: string) => `Register with ${org}`,
    name: "Your name",
    passwordHint: "12 characters at the least. A few words that belong together only for you are good.",
    submit: "Create account",
    busy: "Creating…",
    closed: "People come in here by an invitation only.",
    closedDetail: "Ask an administrator of the organisation to invite you; the link they send you lets you register.",
    hasAccount: "Have an account?",
    signIn: "Sign in",
    checkMailTitle: "Check your mail",
    checkMail: (email: string) =>
      `We sent a message to ${email}. Open the link in it within a day to confirm that the address is yours.`,
    devMail: "See the mails of this development machine",
    waitTitle: "You are waiting to be let in",
    wait: "An administrator of the organisation has to let you in. When they have, sign in with your password.",
  },

  forgot: {
    title: "Set a new password",
    detail: "We send a link to your address. It works once, within an hour.",
    submit: "Send the link",
    busy: "Sending…",
    sentTitle: "Check your mail",
    sent: (email: string) => `If ${email} has an account here, a link is on its way to it.`,
    back: "Back to sign-in",
  },

  reset: {
    title: "Choose a password",
    detail: "All other browsers are signed out.",
    submit: "Save and sign in",
    busy: "Saving…",
    password: "New password",
    noLink: "The link is not whole. Open it again from the message, or ask for a new one.",
    newLink: "Ask for a new link",
  },

  verify: {
    title: "Confirming your address",
    busy: "One moment…",
    failed: "Not confirmed",
    back: "To the sign-in",
  },

  invitation: {
    title: "Invitation",
    titleTo: (org: string) => `Join ${org}`,
    busy: "Reading the invitation…",
    as: (email: string, role: OrgRole) => `${email} is invited as ${signInRoles[role]}.`,
    accept: "Accept the invitation",
    accepting: "Accepting…",
    otherAccount: (email: string) =>
      `You are signed in as ${email}, which is not the address that was invited. Sign out to go on with the other one.`,
    signOut: "Sign out",
    haveAccount: "I have an account with this address",
    gone: "This invitation does not work",
    goneDetail: "It was used, taken back or is older than a week. Ask for a new one.",
    register: "Create your account to join.",
  },

  organisations: {
    title: "Organisations",
    signedInAs: (email: string) => `Signed in as ${email}`,
    signOut: "Sign out",
    create: "New organisation",
    empty: "You are in no organisation yet",
    emptyCreate: "Make one for your team, or open the invitation somebody sent you.",
    emptyWait: "Open the invitation somebody sent you, or ask an administrator for one.",
    waiting: "Waits to be let in",
    suspended: "Suspended",
    deleted: (date: string) => `Will be deleted on ${date}`,
    takeBack: "Take back",
    role: (role: OrgRole) => signInRoles[role],
  },

  create: {
    title: "New organisation",
    name: "Name",
    namePlaceholder: "Acme",
    slug: "Address",
    slugHint: (host: string) => `Letters, digits and dashes. People go to ${host}.`,
    states: {
      checking: "Looking…",
      available: "Free, and held for you for 15 minutes.",
      taken: "Somebody has this address.",
      reserved: "This address is one of our own.",
      invalid: "3 to 40 small letters, digits and dashes, not at the ends.",
    },
    instead: "Free instead:",
    submit: "Create organisation",
    busy: "Creating…",
    back: "Back to your organisations",
    closed: "Here only the administrator makes organisations.",
  },

  noEntry: {
    title: (org: string) => `No way into ${org}`,
    unknownTitle: "There is no such organisation",
    unknown: "Check the address. Names are part of the host, such as acme in acme.example.com.",
    none: "You are not a member of it. Ask one of its administrators for an invitation.",
    pending: "An administrator has to let you in first. Come back when they have.",
    suspended: "Your membership is suspended. Ask one of its administrators.",
    removed: "You are no longer a member of it. Ask one of its administrators if that is a mistake.",
    others: "Your organisations",
  },
} as const;

const signInRoles: Record<OrgRole, string> = {
  owner: "Owner",
  admin: "Administrator",
  member: "Member",
  guest: "Guest",
};
