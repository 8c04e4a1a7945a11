import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SCOPES } from "#contract/api-key";
import type { OrgRole, SpaceRole } from "#contract/member";
import { CONVERSATION_ACTIONS, ORG_ACTIONS, SPACE_ACTIONS } from "./actions.ts";
import { accessTo, type ConversationResource, can, mayEver, type Resource, type Subject } from "./can.ts";

const ROLES = ["guest", "member", "admin", "owner"] as const satisfies readonly OrgRole[];
const ME = "mem_me";
const SPACE = "spc_here";

const subject = (role: OrgRole, spaceRole: SpaceRole | null = null): Subject => ({
  memberId: ME,
  role,
  spaces: spaceRole === null ? {} : { [SPACE]: spaceRole },
  scopes: null,
});
const chat = (spaceId: string | null, ...participantIds: string[]): ConversationResource => ({
  kind: "conversation",
  spaceId,
  participantIds,
});
/** A row for each place a member can have, `y` where the action is allowed; the columns are the roles in their order. */
const row = (allowed: (role: OrgRole) => boolean) => ROLES.map((role) => (allowed(role) ? "y" : "-")).join("");

describe("can, in the org", () => {
  const TABLE: Record<keyof typeof ORG_ACTIONS, string> = {
    "org.read": "yyyy",
    "org.manage": "--yy",
    "org.delete": "---y",
    "account.read": "yyyy",
    "account.manage": "yyyy",
    "members.list": "-yyy",
    "members.manage": "--yy",
    "keys.manage": "--yy",
    "spaces.list": "-yyy",
    "spaces.create": "-yyy",
    "conversations.list": "yyyy",
    "conversations.create": "-yyy",
    "files.read": "yyyy",
    "files.create": "yyyy",
    "models.list": "yyyy",
    "repositories.list": "-yyy",
    "repositories.create": "-yyy",
    "repositories.manage": "--yy",
    "budgets.read": "-yyy",
    "budgets.manage": "--yy",
    "providers.manage": "--yy",
    "audit.read": "--yy",
  };
  test.each(Object.entries(TABLE))("%s: guest, member, admin, owner %s", (action, expected) => {
    const seen = row((role) => can(subject(role), action as keyof typeof ORG_ACTIONS, { kind: "org" }));
    expect(seen).toBe(expected);
  });
  test("the table has every action", () => expect(Object.keys(TABLE)).toEqual(Object.keys(ORG_ACTIONS)));
});

describe("can, in a conversation", () => {
  /** Where the member stands to the conversation: its space, the role there, and whether it takes part. */
  const PLACES = {
    "of everybody": { resource: chat(null), spaceRole: null },
    "of everybody, taking part": { resource: chat(null, ME), spaceRole: null },
    "in a space of others": { resource: chat(SPACE), spaceRole: null },
    "in a space of others, taking part": { resource: chat(SPACE, ME), spaceRole: null },
    "in a space, as viewer": { resource: chat(SPACE), spaceRole: "viewer" },
    "in a space, as viewer, taking part": { resource: chat(SPACE, ME), spaceRole: "viewer" },
    "in a space, as member": { resource: chat(SPACE), spaceRole: "member" },
    "in a space, as lead": { resource: chat(SPACE), spaceRole: "lead" },
  } as const satisfies Record<string, { resource: ConversationResource; spaceRole: SpaceRole | null }>;
  const READ = ["-yyy", "yyyy", "----", "yyyy", "-yyy", "yyyy", "-yyy", "-yyy"];
  const POST = ["-yyy", "yyyy", "----", "yyyy", "----", "yyyy", "-yyy", "-yyy"];
  const WORK = ["-yyy", "-yyy", "----", "-yyy", "----", "-yyy", "-yyy", "-yyy"];
  const RULE = ["--yy", "--yy", "----", "--yy", "--yy", "--yy", "--yy", "--yy"];
  const TABLE: Record<keyof typeof CONVERSATION_ACTIONS, string[]> = {
    "conversation.read": READ,
    "conversation.post": POST,
    "conversation.decide": WORK,
    "conversation.change": WORK,
    "conversation.code": WORK,
    "conversation.leave": READ,
    "conversation.record": RULE,
    "conversation.purge": RULE,
  };
  test.each(Object.entries(TABLE))("%s", (action, expected) => {
    const seen = Object.values(PLACES).map(({ resource, spaceRole }) =>
      row((role) => can(subject(role, spaceRole), action as keyof typeof CONVERSATION_ACTIONS, resource)),
    );
    expect(seen).toEqual(expected);
  });
  test("the table has every action", () => expect(Object.keys(TABLE)).toEqual(Object.keys(CONVERSATION_ACTIONS)));

  test("who may not even read may do nothing, and the names of objects are no spaces", () => {
    for (const spaceId of ["__proto__", "constructor", "toString"]) {
      expect(accessTo(subject("owner", "lead"), chat(spaceId))).toBe("none");
    }
    const place = fc.constantFrom(...Object.values(PLACES));
    const action = fc.constantFrom(...Object.keys(CONVERSATION_ACTIONS)) as fc.Arbitrary<
      keyof typeof CONVERSATION_ACTIONS
    >;
    fc.assert(
      fc.property(place, fc.constantFrom(...ROLES), action, ({ resource, spaceRole }, role, one) => {
        const me = subject(role, spaceRole);
        if (can(me, one, resource)) expect(can(me, "conversation.read", resource)).toBe(true);
        if (can(me, one, resource)) expect(mayEver(me, one)).toBe(true);
      }),
    );
  });
});

describe("can, with spaces", () => {
  const PLACES = (["open", "private", "personal"] as const).flatMap((visibility) =>
    ([null, "viewer", "member", "lead"] as const).map((spaceRole) => ({ visibility, spaceRole })),
  );
  const NOBODY = "----";
  const TABLE: Record<keyof typeof SPACE_ACTIONS, string[]> = {
    "space.read": [
      ...["--yy", "-yyy", "-yyy", "-yyy"],
      ...["--yy", "-yyy", "-yyy", "-yyy"],
      ...[NOBODY, "-yyy", "-yyy", "-yyy"],
    ],
    "space.leave": [
      ...["--yy", "-yyy", "-yyy", "-yyy"],
      ...["--yy", "-yyy", "-yyy", "-yyy"],
      ...[NOBODY, "-yyy", "-yyy", "-yyy"],
    ],
    "space.manage": [
      ...["--yy", "--yy", "--yy", "-yyy"],
      ...["--yy", "--yy", "--yy", "-yyy"],
      ...[NOBODY, NOBODY, NOBODY, NOBODY],
    ],
  };
  test.each(Object.entries(TABLE))("%s", (action, expected) => {
    const seen = PLACES.map(({ visibility, spaceRole }) => {
      const resource = { kind: "space", id: SPACE, visibility } as const;
      return row((role) => can(subject(role, spaceRole), action as keyof typeof SPACE_ACTIONS, resource));
    });
    expect(seen).toEqual(expected);
  });
  test("the table has every action", () => expect(Object.keys(TABLE)).toEqual(Object.keys(SPACE_ACTIONS)));
});

describe("can, with members", () => {
  test.each(["member.change", "member.grant"] as const)("%s: nobody reaches above themselves", (action) => {
    const seen = ROLES.map((role) => row((of) => can(subject(of), action, { kind: "member", role })));
    expect(seen).toEqual(["--yy", "--yy", "--yy", "---y"]);
  });
});

describe("can, with a token", () => {
  const RESOURCES: Resource[] = [
    { kind: "org" },
    chat(null),
    { kind: "space", id: SPACE, visibility: "open" },
    { kind: "member", role: "member" },
  ];
  const ACTIONS = [
    ...Object.keys(ORG_ACTIONS),
    ...Object.keys(CONVERSATION_ACTIONS),
    ...Object.keys(SPACE_ACTIONS),
    ...(["member.change", "member.grant"] as const),
  ] as (keyof typeof ORG_ACTIONS)[];

  test("without scopes it may do nothing, and with some never more than its member", () => {
    const scopes = fc.subarray([...SCOPES]);
    const what = fc.tuple(fc.constantFrom(...ACTIONS), fc.constantFrom(...RESOURCES));
    fc.assert(
      fc.property(scopes, fc.constantFrom(...ROLES), what, (held, role, [action, resource]) => {
        const whole = subject(role, "lead");
        const allowed = can({ ...whole, scopes: held }, action, resource);
        if (held.length === 0 || !can(whole, action, resource)) expect(allowed).toBe(false);
      }),
    );
  });

  test("an action belongs to one kind of resource", () => {
    for (const action of ACTIONS) {
      const fitting = RESOURCES.filter((one) => can(subject("owner", "lead"), action, one));
      expect({ action, kinds: fitting.map((one) => one.kind) }).toEqual({
        action,
        kinds: [expect.any(String)],
      });
    }
  });
});
