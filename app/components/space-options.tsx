import type { Space } from "#contract/space";

/** Spaces to choose from, after the choice of none. */
export function SpaceOptions({ spaces, none }: { spaces: Pick<Space, "id" | "name">[]; none: string }) {
  return (
    <>
      <option value="">{none}</option>
      {spaces.map((one) => (
        <option key={one.id} value={one.id}>
          {one.name}
        </option>
      ))}
    </>
  );
}
