import type { Mail } from "#platform/mailer";

const SIGNATURE = "\n\nIf you did not expect this mail, do nothing: nobody gets in without the link.\n\nQuayside\n";

/** The mails there are. Names come from people: they stand in the text and never in a subject, so that none can write it. */
export const MAILS = {
  verify: (to: string, url: string): Mail => ({
    to,
    subject: "Confirm your e-mail address",
    text: `Open this link within a day to confirm that this address is yours:\n\n${url}${SIGNATURE}`,
  }),
  known: (to: string, url: string): Mail => ({
    to,
    subject: "You have an account already",
    text: `Somebody, probably you, registered with this address. There is an account with it already: sign in, or set a new password here:\n\n${url}${SIGNATURE}`,
  }),
  reset: (to: string, url: string): Mail => ({
    to,
    subject: "Set a new password",
    text: `Open this link within an hour to set a new password:\n\n${url}${SIGNATURE}`,
  }),
  changed: (to: string, url: string): Mail => ({
    to,
    subject: "Your password was changed",
    text: `The password of your account was changed, and all other browsers were signed out. If that was not you, set a new one here:\n\n${url}\n\nQuayside\n`,
  }),
} as const satisfies Record<string, (to: string, url: string) => Mail>;
