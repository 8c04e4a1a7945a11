import type { OrgRole } from "#contract/member";
import { text } from "./text.ts";
import { settingsPagesText as words } from "./text-settings-pages.ts";

interface Group {
  title: string;
  /** Those who do not see it. */
  hiddenFrom: OrgRole[];
  pages: [label: string, to: string][];
}

const GROUPS: Group[] = [
  {
    title: words.groups.personal,
    hiddenFrom: [],
    pages: [
      [text.settings.appearance, "/settings"],
      [words.profile, "/settings/profile"],
      [words.security, "/settings/security"],
      [words.apiKeys, "/settings/api-keys"],
    ],
  },
  {
    title: words.groups.workspace,
    hiddenFrom: ["guest"],
    pages: [
      [text.settings.models, "/settings/models"],
      [text.settings.repositories, "/settings/repositories"],
      [words.spaces, "/settings/spaces"],
    ],
  },
  {
    title: words.groups.administration,
    hiddenFrom: ["guest", "member"],
    pages: [
      [words.members, "/settings/members"],
      [words.organisation, "/settings/organisation"],
      [words.identityProviders, "/settings/identity-providers"],
      [words.audit, "/settings/audit"],
    ],
  },
];

/** The pages of settings that a role may open, by what they are about. */
export function settingsGroups(role: OrgRole): Group[] {
  return GROUPS.filter((group) => !group.hiddenFrom.includes(role));
}
