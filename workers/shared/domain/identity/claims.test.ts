import { describe, expect, it } from "vitest";
import { emailOf, isEmailVerified, nameOf, textsAt } from "./claims.ts";
import { roleOfGroups } from "./group-roles.ts";

describe("claims", () => {
  it("finds texts at a path, at a name with dots, and nowhere else", () => {
    const claims = { groups: ["a", 3, "b"], realm_access: { roles: ["c"] }, "https://x.example/roles": "d", none: "" };
    expect(textsAt(claims, "groups")).toEqual(["a", "b"]);
    expect(textsAt(claims, "realm_access.roles")).toEqual(["c"]);
    expect(textsAt(claims, "https://x.example/roles")).toEqual(["d"]);
    for (const path of ["none", "missing", "groups.0", "realm_access", "__proto__", "constructor.name"])
      expect(textsAt(claims, path)).toEqual([]);
  });

  it("takes an address in lower case, and as verified only when the provider says so", () => {
    expect(emailOf({ email: "Ada@Example.com" })).toBe("ada@example.com");
    for (const email of [undefined, 3, "", "ada", "a b@c", `${"a".repeat(250)}@example.com`])
      expect(emailOf({ email })).toBeNull();
    expect([true, "true", false, "false", 1, undefined].map((one) => isEmailVerified({ email_verified: one }))).toEqual(
      [true, true, false, false, false, false],
    );
  });

  it("always has a name", () => {
    expect(nameOf({ name: " Ada ", email: "x@y" }, "s")).toBe("Ada");
    expect(nameOf({ name: "  ", preferred_username: "ada" }, "s")).toBe("ada");
    expect(nameOf({}, "s".repeat(100))).toHaveLength(80);
  });
});

describe("roles of groups", () => {
  it("is the highest role of the groups that are mapped, or none", () => {
    const map = { staff: "member", leads: "admin", visitors: "guest" } as const;
    expect(roleOfGroups(map, ["visitors", "leads", "staff"])).toBe("admin");
    expect(roleOfGroups(map, ["visitors", "others"])).toBe("guest");
    expect(roleOfGroups(map, ["others", "constructor", "__proto__"])).toBeNull();
    expect(roleOfGroups(map, [])).toBeNull();
  });
});
