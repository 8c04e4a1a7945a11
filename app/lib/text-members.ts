import type { OrgRole, SpaceRole } from "#contract/member";
import type { Invitation, MemberState } from "#contract/membership";
import type { SpaceVisibility } from "#contract/space";

export const roleNames: Record<OrgRole, string> = {
  owner: "Owner",
  admin: "Administrator",
  member: "Member",
  guest: "Guest",
};

export const roleHints: Record<OrgRole, string> = {
  owner: "Everything, also deleting the organisation.",
  admin: "Manages members, settings and spaces.",
  member: "Works in conversations that are open to everybody and in their own spaces.",
  guest: "Sees only the conversations they were added to.",
};

export const stateNames: Record<MemberState, string> = {
  pending: "Waits",
  active: "Active",
  suspended: "Suspended",
  removed: "Removed",
};

/** The words of the page of members. */
export const membersText = {
  intro: "The people and agents of this organisation, and what their role lets them do.",
  list: "Members",
  invite: "Invite somebody",
  agent: "Agent",
  you: "You",
  noEmail: "No e-mail address",
  since: { pending: "registered", active: "joined", suspended: "joined", removed: "joined" } satisfies Record<
    MemberState,
    string
  >,
  manage: "Manage",
  manageOne: (name: string) => `Manage ${name}`,
  search: "Name or e-mail",
  role: "Role",
  state: "State",
  anyRole: "Any role",
  anyState: "Any state",
  show: "Show",
  clear: "Clear",
  more: "More members",
  first: "First members",
  none: "Nobody fits",
  noneDetail: "Try fewer letters, or another role or state.",

  waiting: "Waiting to be let in",
  waitingIntro: "They registered and cannot do anything here until an administrator lets them in.",
  letIn: "Let in",
  letInOne: (name: string) => `Let in ${name}`,
  turnAway: "Turn away",
  turnAwayOne: (name: string) => `Turn away ${name}`,
  turnAwayDetail: "Their request goes. They may register again where the sign-up policy lets them.",

  rename: "Name",
  saveChanges: "Save",
  suspend: "Suspend",
  suspendDetail: "They are signed out at once and cannot come back until they are resumed. Nothing of theirs is lost.",
  resume: "Resume",
  resumeDetail: "They can sign in again, with the role they have.",
  remove: "Remove",
  removeAsk: (name: string) => `Remove ${name}?`,
  removeDetail:
    "Their sessions and API keys end at once. Their conversations and what they wrote stay. They can be invited again.",
  leaveAsk: "Leave this organisation?",
  leave: "Leave",
  leaveDetail:
    "Your sessions and API keys here end at once. What you wrote stays. Only an administrator can have you back.",
};

/** The words of inviting and of invitations. */
export const invitationsText = {
  title: "Invitations",
  intro: "An invitation is a link that works once, for seven days.",
  none: "No invitations yet",
  noneDetail: "Invite somebody by e-mail. Where no mail is sent from here, you pass the link on yourself.",
  how: "How",
  hows: {
    invite: "They get a link and register or sign in",
    create: "Make the member now; they set a password by a link",
  },
  email: "E-mail address",
  name: "Name",
  role: "Role",
  spaces: "Spaces",
  spacesHint: "Guests and members take part in these besides the open ones.",
  send: "Invite",
  create: "Make the member",
  sent: (email: string, mailed: boolean) =>
    mailed
      ? `A mail with this link was sent to ${email}. You can also pass it on yourself; it is shown only now.`
      : `No mail was sent. Pass this link on to ${email} yourself; it is shown only now.`,
  added: (email: string) => `${email} is a member now, and signs in with the account they have.`,
  link: "Link",
  revoke: "Revoke",
  revokeOne: (email: string) => `Revoke the invitation of ${email}`,
  revokeAsk: "Revoke this invitation?",
  revokeDetail: "The link stops working at once.",
  states: { open: "Open", accepted: "Accepted", revoked: "Revoked", expired: "Expired" } satisfies Record<
    Invitation["state"],
    string
  >,
  sentAt: "sent",
  until: (day: string) => `until ${day}`,
};

export const spaceRoleNames: Record<SpaceRole, string> = { lead: "Lead", member: "Member", viewer: "Viewer" };
export const visibilityNames: Record<SpaceVisibility, string> = {
  open: "Open",
  private: "Private",
  personal: "Personal",
};

/** The words of the page of spaces. */
export const spacesText = {
  intro: "A space is a group of conversations and of the people who take part in them.",
  list: "Spaces",
  add: "New space",
  create: "Create the space",
  name: "Name",
  visibility: "Who takes part",
  visibilities: {
    open: "Open: every member",
    private: "Private: those who are added",
  },
  personalHint: "Yours alone.",
  count: (n: number) => (n === 1 ? "1 person added" : `${n} people added`),
  myRole: (role: string) => `you: ${role}`,
  archived: "Archived",
  showArchived: "Show archived spaces",
  hideArchived: "Hide archived spaces",
  manage: "Open",
  manageOne: (name: string) => `Open the space ${name}`,
  none: "No spaces yet",
  noneDetail: "Make one for a team or a project. Conversations outside any space are everybody's.",
  save: "Save",
  people: "People",
  nobody: "Nobody was added.",
  addPerson: "Add somebody",
  addButton: "Add",
  role: "Role",
  roleOf: (name: string) => `Role of ${name}`,
  take: "Take out",
  takeOne: (name: string) => `Take out ${name}`,
  leave: "Leave the space",
  archive: "Archive the space",
  restore: "Take it back",
  archiveDetail: "It is no longer offered for new conversations. Those in it stay as they are.",
};
