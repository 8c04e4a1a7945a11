import { randomToken } from "./random-token.ts";

const FORM = /^([0-9a-f]{32})\.[\w-]{43}$/;

/** The secret of an invitation. The org is a part of it: a link is opened by people who are in no org. */
export function newInvitationToken(orgId: string): string {
  return `${orgId.replace("org_", "")}.${randomToken()}`;
}

/** The org that an invitation's secret says it is of, or null. Nothing is proven by this. */
export function invitationTokenOrg(token: string): string | null {
  const org = FORM.exec(token)?.[1];
  return org === undefined ? null : `org_${org}`;
}
