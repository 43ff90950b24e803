import { useNavigate, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { type PersonPage, isPersonPage } from "../person-pages.ts";

/** Goes on to a page of the signed-in person, once. */
export function ToPersonPage({ to }: { readonly to: PersonPage }) {
  const { history, basepath } = useRouter();
  useEffect(() => history.replace(`${basepath}${to}`), [history, basepath, to]);
  return null;
}

/** Goes to the sign-in page, once; it leads back to the page that was asked for. */
export function ToSignIn() {
  const navigate = useNavigate();
  const router = useRouter();
  useEffect(() => {
    const { pathname } = router.state.location;
    void navigate({ to: "/sign-in", search: isPersonPage(pathname) ? { to: pathname } : {}, replace: true });
  }, [navigate, router]);
  return null;
}
