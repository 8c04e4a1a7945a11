import type { SignUpPolicy } from "#contract/org";

/** The words of the organisation's own page. */
export const organisationText = {
  general: "General",
  name: "Name",
  address: "Address",
  addressHint: "It is part of every link and stays.",
  signUp: "Who may join by themselves",
  policies: {
    closed: ["Nobody", "Administrators make every member."],
    invitation: ["People with an invitation", "They follow the link an administrator made."],
    domains: ["People with an address of these domains", "They join once their address is confirmed."],
    open: [
      "Anybody",
      "They join once their address is confirmed; where no mail is sent from here, they wait until an administrator lets them in.",
    ],
  } satisfies Record<SignUpPolicy, [string, string]>,
  domains: "Domains",
  domainsHint: "One a line, such as example.com.",
  link: "Sign-ins at an identity provider may take over the account with the same e-mail address",
  linkHint:
    "Convenient where people had passwords first. The risk: whoever controls an identity provider here can then enter every account whose address it confirms. Leave it off unless you trust each of them with that.",
  danger: "Delete this organisation",
  dangerDetail:
    "Nobody gets in from that moment on. After thirty days its conversations, files, members and settings are removed for good; until then an owner can have it back from the list of their organisations.",
  ownersOnly: "Only an owner can delete the organisation.",
  typeSlug: (slug: string) => `Type ${slug} to confirm`,
  delete: "Delete the organisation",
};

/** The words of the page of identity providers. */
export const identityProvidersText = {
  intro:
    "OpenID Connect providers at which this organisation's people sign in, besides those of the whole deployment. Secrets are encrypted and never shown again.",
  notHere:
    "This Quayside does not sign people in at identity providers; what is entered here has no effect until it does.",
  list: "Providers",
  add: "Add a provider",
  edit: (name: string) => `Edit ${name}`,
  none: "No identity providers yet",
  noneDetail:
    "Add one by its issuer, such as https://login.example.com/realms/work, and register the redirect address there.",
  off: "Off",
  noSecret: "no secret",
  secretSet: "secret set",
  secretEnds: (last: string) => `secret ends in ${last}`,
  name: "Name",
  nameHint: "On the button people press to sign in.",
  issuer: "Issuer",
  issuerHint: "The address from which its configuration is discovered. It cannot be changed later.",
  clientId: "Client id",
  clientSecret: "Client secret",
  secretHint: "Leave empty for a public client.",
  secretKeep: "Leave empty to keep the present secret.",
  secretRemove: "Remove the present secret",
  scopes: "Scopes",
  scopesHint: "With spaces between them; openid is among them.",
  groupsClaim: "Claim with the groups",
  groupsHint: "Such as groups. Empty: roles are given here alone.",
  roles: "Roles of groups",
  rolesHint:
    "One a line, as group = admin, member or guest. At each sign-in the highest role of the person's groups holds.",
  rolesWrong: (line: number) => `line ${line} is not of the form group = role, with admin, member or guest`,
  enabled: "People may sign in here",
  redirect: "Redirect address",
  redirectHint: "Register it at the provider, exactly so.",
  remove: "Remove",
  removeOne: (name: string) => `Remove ${name}`,
  removeAsk: (name: string) => `Remove ${name}?`,
  removeDetail: "Nobody signs in by it any more. Members who only signed in there need another way in.",
};
