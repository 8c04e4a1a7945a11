import type { IdentityProvider } from "#contract/identity-provider";
import type { Problem } from "#contract/problem";
import { identityProvidersText } from "./text-organisation.ts";

type RoleOfGroup = IdentityProvider["roleOfGroup"];
const ROLES = ["admin", "member", "guest"] as const;

/** The lines of a field as roles of groups, or the problem of the first line that is none. A group may hold `=`. */
export function rolesOf(lines: string): { roles: RoleOfGroup } | { problem: Problem } {
  const roles: RoleOfGroup = {};
  for (const [at, line] of lines.split("\n").entries()) {
    if (line.trim() === "") continue;
    const cut = line.lastIndexOf("=");
    const group = line.slice(0, Math.max(0, cut)).trim();
    const role = ROLES.find((one) => one === line.slice(cut + 1).trim());
    if (group === "" || !role) {
      const message = identityProvidersText.rolesWrong(at + 1);
      return { problem: { code: "invalid", detail: message, fields: [{ field: "roleOfGroup", message }] } };
    }
    roles[group] = role;
  }
  return { roles };
}

/** Roles of groups as the field shows them. */
export function linesOf(roles: RoleOfGroup): string {
  return Object.entries(roles)
    .map(([group, role]) => `${group} = ${role}`)
    .join("\n");
}
