import { ErrorPage } from "./error-page.tsx";
import { NavButton } from "./frame/nav-button.tsx";

/** A page's error inside the frame, so that everything else can still be reached. */
export function PageError() {
  return (
    <div className="flex h-full flex-col p-4">
      <NavButton />
      <div className="flex flex-1 items-center justify-center">
        <ErrorPage />
      </div>
    </div>
  );
}
