import { me } from "#contract/me";
import { configOf } from "#platform/config";
import { hostUrl } from "#platform/hosts";
import { allow } from "#platform/policy";
import { type AnyRoute, defineRoute } from "#platform/route";

export const meRoutes: AnyRoute[] = [
  defineRoute({
    method: "get",
    path: "/me",
    summary: "Whom this request speaks for",
    tag: "Identity",
    policy: allow("org.read"),
    response: me,
    problems: ["unauthenticated"],
    async handle({ env, org, principal }) {
      const { authMode, environment } = configOf(env);
      const { memberId: id, memberKind: kind, name, role, via } = principal;
      const appUrl = hostUrl(configOf(env), "app");
      return { member: { id, kind, name, role }, org, authMode, environment, via, appUrl };
    },
  }),
];
