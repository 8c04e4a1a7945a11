import type { Mail } from "./mailer.ts";

const SIGNATURE = "\n\nIf you did not expect this mail, do nothing: nobody gets in without the link.\n\nQuayside\n";

/** The mails there are. Names come from people: none stands in a mail of ours, so that nobody can write it. */
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
  made: (to: string, url: string): Mail => ({
    to,
    subject: "Your account",
    text: `An administrator made an account for this address. Open this link within a week to set your password:\n\n${url}\n\nQuayside\n`,
  }),
  invitation: (to: string, url: string): Mail => ({
    to,
    subject: "An invitation",
    text: `You are invited to an organisation on Quayside. Open this link to accept:\n\n${url}\n\nIf you did not expect this mail, do nothing.\n\nQuayside\n`,
  }),
} as const satisfies Record<string, (to: string, url: string) => Mail>;
