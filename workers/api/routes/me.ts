import { me } from "#contract/me";
import { configOf } from "#platform/config";
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
      const { memberId: id, name, role } = principal;
      return { member: { id, kind: "human", name, role }, org, authMode, environment };
    },
  }),
];
