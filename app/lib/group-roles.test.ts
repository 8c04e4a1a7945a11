import { expect, test } from "vitest";
import { linesOf, rolesOf } from "./group-roles.ts";

test("lines become roles and come back, also of groups that hold an equals sign", () => {
  const roles = { "/staff": "member", "cn=leads": "admin" } as const;
  expect(rolesOf("/staff = member\n\ncn=leads=admin ")).toEqual({ roles });
  expect(rolesOf(linesOf(roles))).toEqual({ roles });
});

test("a line that is none is named, and nobody becomes an owner by a group", () => {
  for (const line of ["staff", "= admin", "staff = owner", "staff = Admin"]) {
    expect(rolesOf(`a = guest\n${line}`)).toMatchObject({
      problem: { fields: [{ field: "roleOfGroup", message: expect.stringContaining("line 2") }] },
    });
  }
});
