/** The R2 key of an object: it begins with the org of the verified principal, never with an id from a request. */
export function blobKey(
  principal: { orgId: string },
  kind: "files" | "outputs" | "repositories" | "sandboxes",
  id: string,
): string {
  return `${principal.orgId}/${kind}/${id}`;
}
