import type { Space } from "#contract/space";
import { text } from "../lib/text.ts";

/** Spaces to choose from, after the choice of none. */
export function SpaceOptions({ spaces, none }: { spaces: Pick<Space, "id" | "name" | "visibility">[]; none: string }) {
  return (
    <>
      <option value="">{none}</option>
      {spaces.map((one) => (
        <option key={one.id} value={one.id}>
          {one.visibility === "personal" ? text.list.personalSpace(one.name) : one.name}
        </option>
      ))}
    </>
  );
}
